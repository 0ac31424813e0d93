/** A failure that one sentence explains; whoever catches it prints the sentence and no stack. */
export class StepFailed extends Error {
  name = 'StepFailed';
}
