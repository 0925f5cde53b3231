import { afterAll, beforeAll } from 'vitest';
import type { LaneStore } from '../../../shared/inbox/lane-port.ts';
import { createTableStore } from '../../../shared/inbox/table-store.ts';
import { type AzuriteTables, startAzuriteTables } from './azurite-tables.ts';
import { createMemoryStore } from './memory-store.ts';

/** Azurite for as long as the test file runs. */
export function useAzurite(): () => AzuriteTables {
  let azurite: AzuriteTables;
  beforeAll(async () => {
    azurite = await startAzuriteTables();
  });
  afterAll(async () => {
    await azurite.stop();
  });
  return () => azurite;
}

export type StoreUnderTest = { readonly name: string; readonly create: () => Promise<LaneStore> };

/** The stores that every suite runs over; `create` makes a new and empty one. */
export function storesUnderTest(azurite: () => AzuriteTables): readonly StoreUnderTest[] {
  return [
    { name: 'memory', create: async () => createMemoryStore() },
    { name: "Azurite's tables", create: async () => createTableStore(await azurite().createTable()) },
  ];
}
