import { SetMetadata } from '@nestjs/common';
import type { Permission } from './permissions.js';

export const PERMISSION = 'switchyard:permission';
export const PUBLIC = 'switchyard:public';

/** Only principals with this permission may call the route. */
export const Allow = (permission: Permission) => SetMetadata(PERMISSION, permission);

/** Anyone may call the route; `why` is read by reviewers and printed in docs/permissions.json. */
export const Public = (why: string) => SetMetadata(PUBLIC, why);
