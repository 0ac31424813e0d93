import { z } from 'zod';

/** `?limit=` and `?cursor=` of every list. A cursor is opaque and belongs to the filter it was made with. */
export const PageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(100).default(25),
  cursor: z.string().max(500).optional(),
});
export type PageQuery = z.output<typeof PageQuery>;

/** A page of a list; `next` is the cursor of the following page, or null at the end. */
export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), next: z.string().nullable() });

/** An id in an address: `@Param('id', { schema: Id }) id: string`. Anything else there is a 404. */
export const Id = z.uuid();
