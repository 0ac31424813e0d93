/** A drawing with a share on each axis, in its own units. */
export const PLOT = { width: 380, height: 260, left: 62, right: 24, top: 12, bottom: 42 } as const;

export const VIEW_BOX = `0 0 ${PLOT.width} ${PLOT.height}`;

const inside = { width: PLOT.width - PLOT.left - PLOT.right, height: PLOT.height - PLOT.top - PLOT.bottom };

/** Where a share stands on the horizontal axis. */
export const across = (share: number): number => round(PLOT.left + share * inside.width);

/** Where a share stands on the vertical axis, the whole at the top. */
export const up = (share: number): number => round(PLOT.top + (1 - share) * inside.height);

const round = (length: number): number => Math.round(length * 10) / 10;
