import { describe, expect, test } from 'vitest';
import { type Kept, ruling, type Stated, takingForce, type Weight } from '../../shared/policy/ruling.ts';
import { document, policyOf, storageId } from '../decide/support/samples.ts';

const stated = (etag: string, content: object | string): Stated => ({
  etag,
  text: typeof content === 'string' ? content : JSON.stringify(content),
});
/** In force before anything else happens: it enforces, and lets two compliant networks change. */
const former = document({ limits: { approveAbove: 2 } });
const elsewhere = { destination: { westeurope: storageId('stelsewhere') } };
const repoint = (changes: object = {}) => document({ limits: { approveAbove: 2 }, ...changes }, elsewhere);

function keptOf(content: object, changes: Partial<Kept> = {}): Kept {
  return { ...takingForce(stated('"e1"', content), policyOf(content), null, null), ...changes };
}
const weighed = (etag: string, networks: number) => ({
  etag,
  weight: { networks, fields: { storageId: networks } } satisfies Weight,
});

describe('in force at once is', () => {
  test.each([
    { what: 'the first document', content: former, kept: null },
    { what: 'the same document, stated anew', content: former, kept: keptOf(former) },
    { what: 'another limit', content: document({ limits: { approveAbove: 2, attempts: 7 } }), kept: keptOf(former) },
    {
      what: 'another exemption',
      content: document({ exemptions: [{ reason: 'lab', tag: { name: 'lab' } }] }),
      kept: keptOf(former),
    },
    { what: 'the kill switch, whatever else it says', content: repoint({ mode: 'off' }), kept: keptOf(former) },
    { what: 'an audit, whatever else it says', content: repoint({ mode: 'audit' }), kept: keptOf(former) },
    {
      what: 'what was weighed and is light enough',
      content: repoint(),
      kept: keptOf(former, { weighed: weighed('"e2"', 2) }),
    },
    { what: 'anything before the first that enforces', content: repoint(), kept: keptOf(document({ mode: 'audit' })) },
    {
      what: 'anything where nobody has set a limit',
      content: repoint({ limits: { approveAbove: null } }),
      kept: keptOf(document({ limits: { approveAbove: null } })),
    },
  ])('$what', ({ content, kept }) => {
    const { current, kept: after } = ruling(stated('"e2"', content), kept);
    expect(current).toMatchObject({ etag: '"e2"', statedEtag: '"e2"', refused: null, pending: null });
    expect(current?.policy).toEqual(policyOf(content));
    expect(after).toMatchObject({ etag: '"e2"', weighed: null });
    // It is known by whoever looks next.
    expect(ruling(stated('"e2"', content), after)).toEqual({ current, kept: after });
  });
});

describe('the former one stays in force while the new one', () => {
  const pendingOf = (content: object, kept: Kept) => {
    const { current, kept: after } = ruling(stated('"e2"', content), kept);
    expect(current).toMatchObject({ etag: kept.etag, statedEtag: '"e2"' });
    expect(current?.text).toBe(kept.text);
    expect(after).toBe(kept);
    return current?.pending;
  };

  test('is yet to be weighed', () => {
    expect(pendingOf(repoint(), keptOf(former))).toMatchObject({ etag: '"e2"', weight: null, approveAbove: 2 });
  });

  test('waits for approval, with what it would change', () => {
    const kept = keptOf(former, { weighed: weighed('"e2"', 3) });
    expect(pendingOf(repoint(), kept)).toMatchObject({ weight: { networks: 3, fields: { storageId: 3 } } });
  });

  test('has only been weighed in another version', () => {
    expect(pendingOf(repoint(), keptOf(former, { weighed: weighed('"e0"', 1) }))).toMatchObject({ weight: null });
  });

  test('would wave itself through: the stricter limit counts', () => {
    const kept = keptOf(former, { weighed: weighed('"e2"', 3) });
    expect(pendingOf(repoint({ limits: { approveAbove: null } }), kept)).toMatchObject({ approveAbove: 2 });
    expect(pendingOf(repoint({ limits: { approveAbove: 1 } }), kept)).toMatchObject({ approveAbove: 1 });
  });

  test.each(['off', 'audit'])(
    'comes after an %s with the same rules: it is weighed by the last that enforced',
    (mode) => {
      const between = ruling(stated('"e1b"', repoint({ mode })), keptOf(former)).kept;
      if (!between) throw new Error('It was in force.');
      expect(pendingOf(repoint(), between)).toMatchObject({ weight: null, enforced: policyOf(former) });
    },
  );

  test.each(['no JSON', document({ mode: 'strict' })])('is wrong', (content) => {
    const { current, kept: after } = ruling(stated('"e2"', content), keptOf(former));
    expect(current).toMatchObject({ etag: '"e1"', statedEtag: '"e2"', pending: null });
    expect(current?.refused).not.toEqual([]);
    expect(after).toEqual(keptOf(former));
  });
});

test('a wrong document before any good one rules nothing', () => {
  expect(ruling(stated('"e1"', 'no JSON'), null)).toEqual({ current: null, kept: null });
});
