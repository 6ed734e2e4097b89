import type { Refusal } from "../../runtime/errors.ts";
import type { Answer } from "../../runtime/route.ts";

export type PageQuery = { limit?: number; cursor?: string };

const limitDefault = 50;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * A page of things that are named in the order of their making, newest first: the last of a page is the cursor of the next.
 */
export async function pageOf<T extends { readonly id: string }>(
  { limit = limitDefault, cursor }: PageQuery,
  read: (before: string | null, limit: number) => Promise<T[]>,
): Promise<Answer | Refusal> {
  if (cursor !== undefined && !uuid.test(cursor)) return { refused: "invalid_cursor" };
  const items = await read(cursor ?? null, limit);
  const last = items.length < limit ? undefined : items.at(-1);
  return { status: 200, body: { items, next: last?.id ?? null } };
}
