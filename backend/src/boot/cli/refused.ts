/** Why a command does nothing, in words for the person who typed it. Exit code 1. */
export class Refused extends Error {
  override readonly name = 'Refused';
}
