/** At most `parallel` acts at a time; the others wait in order. Undefined when `waiting` are in line already. */
export function limitParallel(parallel: number, waiting: number) {
  const line: (() => void)[] = [];
  let running = 0;
  return async <Result>(act: () => Promise<Result>): Promise<Result | undefined> => {
    if (running >= parallel) {
      if (line.length >= waiting) return undefined;
      await new Promise<void>((turn) => line.push(turn)); // the one that ends hands its place on
    } else running++;
    try {
      return await act();
    } finally {
      const next = line.shift();
      if (next) next();
      else running--;
    }
  };
}
