/** Runs that need a connection share its lane, and wait and wake with it. */
export const laneOf = (connectionId: string) => `ghl:${connectionId}`;
