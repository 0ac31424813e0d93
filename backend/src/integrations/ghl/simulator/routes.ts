import { customValueRoutes } from './custom-values.routes.js';
import type { Fields } from './fields.js';
import type { SimAnswer, SimRequest } from './http.js';
import { locationRoutes } from './locations.routes.js';
import { oauthRoutes } from './oauth.routes.js';
import type { Sim } from './sim.js';
import { snapshotRoutes } from './snapshots.routes.js';
import { userRoutes } from './users.routes.js';

export interface Route {
  method: string;
  /** `:name` matches one segment. */
  path: string;
  token: 'Company' | 'Location' | 'either' | 'none';
  /** "Agency-Access-Only" in the documents: a private integration token will not do. */
  noPit?: boolean;
  scope?: string;
  /** The only properties its body may have. */
  fields?: Fields;
  run: (sim: Sim, request: SimRequest) => SimAnswer;
}

/** In order: a fixed path stands before the pattern that would also match it. */
export const routes: Route[] = [
  ...oauthRoutes,
  ...locationRoutes,
  ...customValueRoutes,
  ...snapshotRoutes,
  ...userRoutes,
];

/** The route and its parameters. Paths are case-sensitive and the trailing slash counts. */
export function findRoute(method: string, path: string): { route: Route; params: Record<string, string> } | undefined {
  for (const route of routes) {
    if (route.method !== method) continue;
    const names = route.path.split('/');
    const segments = path.split('/');
    if (names.length !== segments.length) continue;
    const params: Record<string, string> = {};
    const matches = names.every((name, index) => {
      const segment = segments[index]!;
      if (!name.startsWith(':')) return name === segment;
      params[name.slice(1)] = decodeURIComponent(segment);
      return segment !== '';
    });
    if (matches) return { route, params };
  }
  return undefined;
}
