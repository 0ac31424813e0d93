import type { INestApplicationContext } from '@nestjs/common';
import { type RouteInfo, routesOf } from './route-list.js';

/** Refuses to start while a route is open by mistake, answers unfiltered, or stands for two things. */
export function checkRoutes(app: INestApplicationContext): RouteInfo[] {
  const routes = routesOf(app);
  const faults = faultsOf(routes);
  if (faults.length > 0)
    throw new Error(
      `These routes must be corrected before anything starts:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`,
    );
  return routes;
}

export function faultsOf(routes: RouteInfo[]): string[] {
  return [
    ...routes.flatMap(faultsOfOne),
    ...repeated(routes, (route) => `${route.verb} ${route.path}`),
    ...repeated(routes, (route) => `operation ${route.operation}`),
  ];
}

function faultsOfOne(route: RouteInfo): string[] {
  const where = `${route.verb} ${route.path} (${route.controller}.${route.operation})`;
  return [
    ...(!route.permission && !route.public ? [`${where} has neither @Allow nor @Public`] : []),
    ...(route.permission && route.public ? [`${where} has both @Allow and @Public`] : []),
    ...(!route.returns ? [`${where} has no @Returns, @ReturnsNothing or @ReturnsStream`] : []),
  ];
}

function repeated(routes: RouteInfo[], nameOf: (route: RouteInfo) => string): string[] {
  const seen = groupBy(routes, nameOf);
  return [...seen].filter(([, same]) => same.length > 1).map(([name, same]) => `${name} exists ${same.length} times`);
}

function groupBy<Item>(items: Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
