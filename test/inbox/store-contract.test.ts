import { beforeEach, describe, expect, test } from 'vitest';
import type { Committed, LaneStore } from '../../shared/inbox/lane-port.ts';
import { createTableStore } from '../../shared/inbox/table-store.ts';
import { storesUnderTest, useAzurite } from './support/stores.ts';

const lane = 'subscription-00000000-0000-0000-0000-000000000001';
const other = 'destination-stlogswesteurope';

const azurite = useAzurite();

describe.each(storesUnderTest(azurite))('the store over $name', ({ create }) => {
  let store: LaneStore;
  beforeEach(async () => {
    store = await create();
  });

  test('answers null for a row that was never written', async () => {
    expect(await store.readRow(lane, 'lane')).toBeNull();
  });

  test('gives back the fields of a row as they were written, texts and numbers', async () => {
    const fields = { text: 'it\'s "5 o\'clock" – 時', number: 3, time: '2026-11-23T08:00:00.000Z', empty: '' };
    await store.commit(lane, [{ kind: 'insert', rowKey: 'item~network~1', fields }]);
    expect(await store.readRow(lane, 'item~network~1')).toMatchObject({ rowKey: 'item~network~1', fields });
  });

  test('answers the ETags that the rows then have, in the order of the writes', async () => {
    const etags = etagsOf(await store.commit(lane, [insert('item~b'), insert('item~a'), touch('1')]));
    const rows = [
      await store.readRow(lane, 'item~b'),
      await store.readRow(lane, 'item~a'),
      await store.readRow(lane, 'lane'),
    ];
    expect(etags).toEqual(rows.map((row) => row?.etag));
  });

  test('replaces a whole row under its ETag, and refuses the same ETag a second time', async () => {
    const [etag = ''] = etagsOf(await store.commit(lane, [{ kind: 'insert', rowKey: 'lane', fields: { a: 1, b: 2 } }]));
    const replace = { kind: 'replace', rowKey: 'lane', fields: { a: 3 }, etag } as const;
    expect((await store.commit(lane, [replace])).kind).toBe('ok');
    expect((await store.commit(lane, [replace])).kind).toBe('conflict');
    expect((await store.readRow(lane, 'lane'))?.fields).toEqual({ a: 3 });
  });

  test('refuses to insert a row that is there', async () => {
    await store.commit(lane, [insert('item~a')]);
    expect(await store.commit(lane, [insert('item~a')])).toEqual({ kind: 'conflict' });
  });

  test('refuses to replace a row that is gone', async () => {
    const [etag = ''] = etagsOf(await store.commit(lane, [insert('item~a')]));
    await store.remove(lane, 'item~a', etag);
    const replace = { kind: 'replace', rowKey: 'item~a', fields: {}, etag } as const;
    expect(await store.commit(lane, [replace])).toEqual({ kind: 'conflict' });
    expect(await store.readRow(lane, 'item~a')).toBeNull();
  });

  test('merges into a row without a condition, and its ETag changes even when nothing else does', async () => {
    const [first = ''] = etagsOf(
      await store.commit(lane, [{ kind: 'insert', rowKey: 'lane', fields: { generation: 7 } }]),
    );
    const [second = ''] = etagsOf(await store.commit(lane, [touch('1')]));
    const [third = ''] = etagsOf(await store.commit(lane, [touch('1')]));
    expect(new Set([first, second, third]).size).toBe(3);
    expect((await store.readRow(lane, 'lane'))?.fields).toEqual({ generation: 7, touched: '1' });
  });

  test('writes all of a transaction or nothing, wherever in it the conflict is', async () => {
    const [etag = ''] = etagsOf(await store.commit(lane, [insert('item~a'), touch('1')]));
    const stale = { kind: 'replace', rowKey: 'item~a', fields: {}, etag: await overwritten(store, etag) } as const;
    const before = await snapshot(store);
    for (const writes of [
      [stale, touch('2'), insert('item~b')],
      [touch('2'), insert('item~b'), stale],
      [touch('2'), insert('item~b'), insert('item~a')],
    ]) {
      expect(await store.commit(lane, writes)).toEqual({ kind: 'conflict' });
      expect(await snapshot(store)).toEqual(before);
    }
  });

  test('removes a row only under its ETag', async () => {
    const [etag = ''] = etagsOf(await store.commit(lane, [insert('item~a')]));
    const current = await replaced(store, etag);
    expect(await store.remove(lane, 'item~a', etag)).toBe('conflict');
    expect(await store.remove(lane, 'item~a', current)).toBe('ok');
    expect(await store.remove(lane, 'item~a', current)).toBe('conflict');
    expect(await store.readRow(lane, 'item~a')).toBeNull();
  });

  test('never gives a row that was removed and written again its old ETag', async () => {
    const [etag = ''] = etagsOf(await store.commit(lane, [insert('item~a')]));
    await store.remove(lane, 'item~a', etag);
    await store.commit(lane, [insert('item~a')]);
    expect(await store.remove(lane, 'item~a', etag)).toBe('conflict');
  });

  test('lists the rows of one prefix of one lane in the order of their keys', async () => {
    await store.commit(lane, [
      touch('1'),
      insert('item~network~2'),
      insert('item~flowLog~1'),
      insert('waiter~1'),
      insert('items'),
    ]);
    await store.commit(other, [touch('1'), insert('item~network~9')]);
    const keys = (await store.readRows(lane, 'item')).map((row) => row.rowKey);
    expect(keys).toEqual(['item~flowLog~1', 'item~network~2']);
  });

  test('lists only those of them in which a field has one of some values', async () => {
    const of = (rowKey: string, reason: string) => ({ ...insert(rowKey), fields: { reason } });
    const items = [of('item~1', 'sweep'), of('item~2', "it's"), of('item~3', 'manual'), insert('item~4')];
    await store.commit(lane, [touch('1'), ...items]);
    const keys = async (...values: [string, ...string[]]) =>
      (await store.readRows(lane, 'item', { field: 'reason', values })).map((row) => row.rowKey);
    expect(await keys('manual', "it's")).toEqual(['item~2', 'item~3']);
    expect(await keys('event')).toEqual([]);
  });

  test('lists more rows than a page of the service holds', async () => {
    const keys = Array.from({ length: 1100 }, (_, index) => `item~${String(index).padStart(4, '0')}`);
    for (let start = 0; start < keys.length; start += 100) {
      await store.commit(lane, keys.slice(start, start + 100).map(insert));
    }
    expect((await store.readRows(lane, 'item')).map((row) => row.rowKey)).toEqual(keys);
  });

  test('lists the lanes that have a lane row', async () => {
    await store.commit(other, [insert('destination')]);
    expect(await store.listLanes()).toEqual([]);
    await store.commit(other, [touch('1')]);
    await store.commit(lane, [touch('1')]);
    expect([...(await store.listLanes())].sort()).toEqual([other, lane]);
  });

  test('lets one of twenty concurrent writers win, and tells the others', async () => {
    const [etag = ''] = etagsOf(await store.commit(lane, [touch('0')]));
    const writers = Array.from({ length: 20 }, (_, owner) =>
      store.commit(lane, [{ kind: 'replace', rowKey: 'lane', fields: { owner }, etag }, insert(`item~${owner}`)]),
    );
    const answers = await Promise.all(writers);
    const winner = answers.findIndex(({ kind }) => kind === 'ok');
    expect(answers.filter(({ kind }) => kind === 'ok')).toHaveLength(1);
    expect((await store.readRow(lane, 'lane'))?.fields).toEqual({ owner: winner });
    expect((await store.readRows(lane, 'item')).map((row) => row.rowKey)).toEqual([`item~${winner}`]);
  });
});

test('a table that does not exist is an error, not a conflict and not an absent row', async () => {
  const table = await azurite().createTable();
  await table.deleteTable();
  const store = createTableStore(table);
  await expect(store.commit(lane, [touch('1')])).rejects.toThrow(/table/i);
  await expect(store.remove(lane, 'lane', 'W/"1"')).rejects.toThrow(/table/i);
  await expect(store.readRow(lane, 'lane')).rejects.toThrow(/table/i);
});

function insert(rowKey: string) {
  return { kind: 'insert', rowKey, fields: { note: 'x' } } as const;
}

function touch(touched: string) {
  return { kind: 'merge', rowKey: 'lane', fields: { touched } } as const;
}

function etagsOf(committed: Committed): readonly string[] {
  if (committed.kind !== 'ok') throw new Error('The commit met a conflict that nobody made.');
  return committed.etags;
}

async function replaced(store: LaneStore, etag: string): Promise<string> {
  const [current = ''] = etagsOf(
    await store.commit(lane, [{ kind: 'replace', rowKey: 'item~a', fields: { note: 'y' }, etag }]),
  );
  return current;
}

async function overwritten(store: LaneStore, etag: string): Promise<string> {
  await replaced(store, etag);
  return etag;
}

async function snapshot(store: LaneStore) {
  return [await store.readRow(lane, 'lane'), ...(await store.readRows(lane, 'item'))];
}
