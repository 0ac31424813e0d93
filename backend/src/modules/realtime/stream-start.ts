/** A browser that comes back says what it heard last; that counts more than where it once began. */
export function startOf(lastEventId: string | undefined, after = 0): number {
  return lastEventId !== undefined && /^\d{1,9}$/.test(lastEventId) ? Number(lastEventId) : after;
}
