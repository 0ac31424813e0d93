/** The first thing that is wrong with a field, as a sentence. */
export function faultOf(field: () => { errors: () => readonly { message?: string }[] }): string {
  const message = field().errors()[0]?.message ?? '';
  return message.charAt(0).toUpperCase() + message.slice(1);
}
