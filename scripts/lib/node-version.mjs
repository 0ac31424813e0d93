const LOWEST = [20, 19];
/** What Jest and the product itself need; older Nodes may still install and then hand over to the pinned one. */
const LOWEST_TO_RUN = [24, 9];

export function unsupportedNode(version) {
  if (atLeast(version, LOWEST)) return undefined;
  return `Switchyard needs Node ${LOWEST.join('.')} or newer; this is Node ${version}.`;
}

export const canRunTheProduct = (version) => atLeast(version, LOWEST_TO_RUN);

function atLeast(version, [major, minor]) {
  const [isMajor, isMinor] = version.split('.').map(Number);
  return isMajor > major || (isMajor === major && isMinor >= minor);
}
