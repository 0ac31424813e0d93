export interface ClusterSize {
  readonly apis: number;
  readonly workers: number;
}

/** `--apis=2 --workers=4`; every other word is left for whoever reads the rest. */
export function clusterSize(argv: string[]): ClusterSize & { rest: string[] } {
  const size = { apis: 2, workers: 4 };
  const rest = argv.filter((word) => {
    const [, name, count] = /^--(apis|workers)=(\d{1,2})$/.exec(word) ?? [];
    if (name) size[name as keyof ClusterSize] = Number(count);
    return !name;
  });
  return { ...size, rest };
}
