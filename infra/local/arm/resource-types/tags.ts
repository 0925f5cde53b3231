import { isObject, type JsonObject } from '../core/json.ts';
import type { Write } from '../core/resource-type.ts';

/** The tags of a write; a PUT without tags removes them, as in Azure. */
export function tagsOf({ body }: Write): JsonObject | undefined {
  return isObject(body.tags) ? body.tags : undefined;
}
