import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Rows, tableRows } from '../../shared/records/table-rows.ts';
import { type AzuriteTables, startAzuriteTables } from '../inbox/support/azurite-tables.ts';
import { MemoryRows } from '../simulation/world/memory-rows.ts';

const counter = z.object({ name: z.string(), count: z.number() });
type Counter = z.infer<typeof counter>;

let azurite: AzuriteTables;
beforeAll(async () => {
  azurite = await startAzuriteTables();
});
afterAll(() => azurite.stop());

const stores: readonly { name: string; open: () => Promise<Rows<Counter>> }[] = [
  { name: "Azurite's tables", open: async () => tableRows(await azurite.createTable(), counter) },
  { name: 'the simulation', open: async () => new MemoryRows(() => {}).of(counter) },
];

describe.each(stores)('many rows are replaced at once in $name', ({ open }) => {
  const names = Array.from({ length: 150 }, (_, index) => `row-${String(index).padStart(3, '0')}`);
  const all = (rows: Rows<Counter>) => Array.fromAsync(rows.list({ partitionKey: 'p' }));
  const next = (before: Counter) => ({ rowKey: before.name, before, item: { ...before, count: before.count + 1 } });

  test('where they are as they were read, or not there yet', async () => {
    const rows = await open();
    const made = names.map((name) => ({ rowKey: name, before: null, item: { name, count: 0 } }));
    await rows.replaceAll('p', made);
    await rows.replaceAll('p', (await all(rows)).map(next));
    expect((await all(rows)).map(({ count }) => count)).toEqual(names.map(() => 1));
  });

  test('and what has changed, gone or come since then stays as it is', async () => {
    const rows = await open();
    await rows.putAll(
      'p',
      names.map((name) => [name, { name, count: 0 }] as const),
    );
    const read = await all(rows);
    await rows.put('p', 'row-007', { name: 'row-007', count: 70 });
    await rows.remove('p', 'row-120');
    const come = { rowKey: 'row-008', before: null, item: { name: 'row-008', count: 80 } };
    await rows.replaceAll('p', [...read.filter(({ name }) => name !== 'row-008').map(next), come]);
    const counts = new Map((await all(rows)).map(({ name, count }) => [name, count]));
    expect([counts.get('row-007'), counts.get('row-008'), counts.get('row-120')]).toEqual([70, 0, undefined]);
    expect([...counts.values()].filter((count) => count === 1)).toHaveLength(147);
  });

  test('and what was not read from them is no ground to replace anything', async () => {
    const rows = await open();
    await rows.put('p', 'row-000', { name: 'row-000', count: 0 });
    const replaced = rows.replaceAll('p', [next({ name: 'row-000', count: 0 })]);
    await replaced.catch(() => {});
    expect(await rows.get('p', 'row-000')).toEqual({ name: 'row-000', count: 0 });
  });
});
