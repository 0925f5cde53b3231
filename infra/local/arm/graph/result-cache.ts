import type { World } from '../core/world.ts';
import type { Table } from './tables.ts';

const keptResults = 4;
const keptMilliseconds = 300_000;

/**
 * Keeps the last results that are being paged through, so that a later page neither evaluates the query again nor
 * shows a row twice because the estate has changed meanwhile.
 */
export function createResultCache() {
  const results = new Map<string, { readonly query: string; readonly table: Table; readonly until: number }>();

  return {
    keep(world: World, query: string, table: Table): string {
      const id = world.newGuid();
      results.set(id, { query, table, until: world.clock.now() + keptMilliseconds });
      for (const oldest of [...results.keys()].slice(0, -keptResults)) results.delete(oldest);
      return id;
    },
    /** The kept result of the same query; `undefined` when it has been dropped. */
    find(world: World, id: string, query: string): Table | undefined {
      const found = results.get(id);
      return found?.query === query && found.until > world.clock.now() ? found.table : undefined;
    },
  };
}
