export function unsupportedNode(version: string): string | undefined;
export function canRunTheProduct(version: string): boolean;
