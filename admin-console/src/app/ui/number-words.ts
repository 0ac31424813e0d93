const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });

/** 12345 as people of this place write it. */
export const counted = (count: number): string => whole.format(count);

/** A share of one as whole per cent, with a space that no line breaks at. */
export const percent = (share: number): string => `${Math.round(share * 100)}\u00a0%`;
