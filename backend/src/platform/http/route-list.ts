import { type INestApplicationContext, RequestMethod } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { PERMISSION, PUBLIC } from './allow.decorator.js';
import type { Permission } from './permissions.js';
import { RETURNS, type Returned } from './returns.decorator.js';

/** What a route is, as its decorators say. */
export interface RouteInfo {
  /** The method's name; also the operation id in the OpenAPI document. */
  operation: string;
  controller: string;
  verb: string;
  path: string;
  permission?: Permission;
  /** Why anyone may call it. */
  public?: string;
  returns?: Returned;
}

/** Every route of every controller, in no particular order. */
export function routesOf(app: INestApplicationContext): RouteInfo[] {
  const modules = [...app.get(ModulesContainer).values()];
  const controllers = new Set(
    modules.flatMap((module) => [...module.controllers.values()].map((wrapper) => wrapper.metatype)),
  );
  return [...controllers].flatMap((controller) =>
    typeof controller === 'function' ? routesOfController(controller) : [],
  );
}

function routesOfController(controller: { name: string; prototype: object }): RouteInfo[] {
  const names = Object.getOwnPropertyNames(controller.prototype).filter((name) => name !== 'constructor');
  return names.flatMap((name) => {
    const handler = Object.getOwnPropertyDescriptor(controller.prototype, name)?.value as object | undefined;
    const method = handler && (Reflect.getMetadata('method', handler) as RequestMethod | undefined);
    if (!handler || method === undefined) return [];
    const read = (key: string) => Reflect.getMetadata(key, handler) ?? Reflect.getMetadata(key, controller);
    const paths = [Reflect.getMetadata('path', controller) ?? '']
      .flat()
      .flatMap((prefix: string) => pathsOf(handler).map((path) => fullPath(prefix, path)));
    return paths.map((path) => ({
      operation: name,
      controller: controller.name,
      verb: RequestMethod[method],
      path,
      permission: read(PERMISSION) as Permission | undefined,
      public: read(PUBLIC) as string | undefined,
      returns: Reflect.getMetadata(RETURNS, handler) as Returned | undefined,
    }));
  });
}

const pathsOf = (handler: object) => [Reflect.getMetadata('path', handler) ?? ''].flat() as string[];

/** Probes keep their well-known addresses; everything else is under /api. */
export const OUTSIDE_API = 'health';
function fullPath(prefix: string, path: string): string {
  const joined = [prefix, path]
    .map((part) => part.replace(/^\/+|\/+$/g, ''))
    .filter(Boolean)
    .join('/');
  return joined === OUTSIDE_API || joined.startsWith(`${OUTSIDE_API}/`) ? `/${joined}` : `/api/${joined}`;
}
