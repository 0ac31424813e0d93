import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Left to itself, Node lets a heap grow by the memory of the machine, and a process that needs 90 MB keeps 400. These are
 * the sizes that one process of ours works well with; whoever sets NODE_OPTIONS takes their place.
 */
export const heapOptions = '--max-semi-space-size=8 --max-old-space-size=512';

/** Starting leaves a heap full of what nobody needs again, and a process that then idles would keep it for minutes. */
export function giveBackAfterStart(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}
