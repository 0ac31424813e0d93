/** What the background work on a batch is about. `revision`: work for an older one ends by itself. */
export interface BatchWorkInput {
  batchId: string;
  connectionId: string;
  revision: number;
}
