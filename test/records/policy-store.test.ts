import { beforeEach, describe, expect, test } from 'vitest';
import { createPolicyStore, type PolicyStore } from '../../shared/records/policy-store.ts';
import type { VersionedText } from '../../shared/records/versioned-text.ts';
import { document, storageId } from '../decide/support/samples.ts';
import { memoryText, memoryTexts } from './support/memory-text.ts';

const limits = { approveAbove: 1 };
const former = document({ limits });
const repoint = document({ limits }, { destination: { westeurope: storageId('stelsewhere') } });
const heavy = { networks: 2, fields: { storageId: 2 } };

describe('two processes', () => {
  let stated: VersionedText;
  let kept: VersionedText;
  let archived: (hash: string) => VersionedText;
  let one: PolicyStore;
  let other: PolicyStore;

  beforeEach(async () => {
    stated = memoryText();
    kept = memoryText();
    archived = memoryTexts();
    one = createPolicyStore(stated, kept, archived);
    other = createPolicyStore(stated, kept, archived);
    await one.save(former, {});
    await one.current();
  });

  const save = async (store: PolicyStore, content: object) => {
    const saved = await store.save(content, {});
    if (saved.kind !== 'saved') throw new Error('It is right.');
    return saved.etag;
  };
  const inForce = () =>
    Promise.all([one, other].map(async (store) => (await store.current())?.policy.rules[0]?.destination.westeurope));
  const ours = storageId('stlogswest');
  const theirs = storageId('stelsewhere');

  test('see the same policy in force, also when they look at the same time', async () => {
    expect(await inForce()).toEqual([ours, ours]);
    expect(await one.etag()).toBe(await other.etag());
  });

  test('see the one before while a far-reaching one waits, whose weight one of them has noted', async () => {
    const before = await other.etag();
    const etag = await save(one, repoint);
    await one.weigh(etag, heavy);
    expect(await inForce()).toEqual([ours, ours]);
    expect((await other.current())?.pending).toMatchObject({ etag, weight: heavy });
    expect([await one.etag(), await other.etag()]).toEqual([before, before]);
  });

  test('see the new one when it is approved, and its version with it', async () => {
    const etag = await save(one, repoint);
    await one.weigh(etag, heavy);
    expect(await other.approve(etag, 'somebody', '2026-11-23T09:00:00Z')).toBe('approved');
    expect(await inForce()).toEqual([theirs, theirs]);
    expect([await one.etag(), await other.etag()]).toEqual([etag, etag]);
    expect(await one.approve(etag, 'somebody', '2026-11-23T09:00:00Z')).toBe('nothingWaits');
  });

  test('see the new one when it turns out to be light', async () => {
    const etag = await save(one, repoint);
    await other.weigh(etag, { networks: 1, fields: { storageId: 1 } });
    expect(await inForce()).toEqual([theirs, theirs]);
  });

  test('stop at the next write where somebody uploads a kill switch past the API', async () => {
    const before = await other.etag();
    await stated.write(JSON.stringify(document({ mode: 'off' })), {});
    expect(await other.etag()).not.toBe(before);
    expect((await one.current())?.policy.mode).toBe('off');
  });

  test('see the last good one where somebody uploads a wrong one, also after a start', async () => {
    await stated.write('no JSON', {});
    const third = createPolicyStore(stated, kept, archived);
    for (const store of [one, other, third])
      expect(await store.current()).toMatchObject({ policy: { mode: 'enforce' }, refused: expect.any(Array) });
  });

  test('approve nothing but what was weighed and named', async () => {
    const etag = await save(one, repoint);
    expect(await one.approve(etag, null, '')).toBe('nothingWaits');
    await one.weigh(etag, heavy);
    expect(await one.approve('"another"', null, '')).toBe('stale');
    const newer = await save(other, repoint);
    expect(await one.approve(etag, null, '')).toBe('nothingWaits');
    await one.weigh(etag, { networks: 0, fields: {} });
    expect((await one.current())?.pending).toMatchObject({ etag: newer, weight: null });
    expect(await inForce()).toEqual([ours, ours]);
  });

  test('keep every document that was ever in force, by the hash that records name', async () => {
    const before = (await one.current())?.hash ?? '';
    const etag = await save(other, repoint);
    await one.weigh(etag, heavy);
    expect(await other.text((await one.current())?.hash ?? '')).toContain('stlogswest');
    await one.approve(etag, null, '');
    const after = (await other.current())?.hash ?? '';
    expect(after).not.toBe(before);
    expect(JSON.parse((await one.text(before)) ?? '')).toEqual(former);
    expect(JSON.parse((await one.text(after)) ?? '')).toEqual(repoint);
    expect(await one.text('00000000-0000')).toBeNull();
  });
});

test('who states it against an older version changes nothing', async () => {
  const store = createPolicyStore(memoryText(), memoryText(), memoryTexts());
  expect(await store.current()).toBeNull();
  expect(await store.etag()).toBeNull();
  expect(await store.save(former, { ifNoneMatch: '*' })).toMatchObject({ kind: 'saved', created: true });
  expect(await store.save(repoint, { ifMatch: '"v0"' })).toEqual({ kind: 'stale' });
  expect(await store.save(document({ mode: 'strict' }), {})).toMatchObject({ kind: 'refused' });
  expect((await store.current())?.policy.rules[0]?.destination.westeurope).toBe(storageId('stlogswest'));
});
