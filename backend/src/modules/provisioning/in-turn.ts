const last = new Map<string, Promise<unknown>>();

/** One after the other within this process, first come first served. One that fails does not stop the next. */
export function inTurn<Result>(key: string, act: () => Promise<Result>): Promise<Result> {
  const mine = (last.get(key) ?? Promise.resolve()).then(act, act);
  const settled = mine
    .catch(() => undefined)
    .finally(() => {
      if (last.get(key) === settled) last.delete(key);
    });
  last.set(key, settled);
  return mine;
}
