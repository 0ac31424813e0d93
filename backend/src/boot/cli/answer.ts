/** What a command found or made: a sentence for people, or one JSON document for programs. */
export function answer(json: boolean | undefined, told: { text: string; data: unknown }): void {
  process.stdout.write(`${json ? JSON.stringify(told.data) : told.text}\n`);
}
