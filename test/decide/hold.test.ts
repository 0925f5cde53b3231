import { describe, expect, test } from 'vitest';
import { decideIntent } from '../../shared/decide/intent.ts';
import { document, network, noAncestors, now, policyOf } from './support/samples.ts';

const forEver = '9999-12-31T00:00:00.000Z';

function heldUntil(tags: Record<string, string>, changes: object = {}) {
  const intent = decideIntent(policyOf(document(changes)), network({ tags }), now, noAncestors);
  return intent.kind === 'desired' ? intent.heldUntil : intent.kind;
}

describe('the hold tag', () => {
  test.each([
    { value: '2026-12-01T00:00Z', until: '2026-12-01T00:00:00.000Z' },
    { value: '2026-12-01T00:00:00+02:00', until: '2026-11-30T22:00:00.000Z' },
    { value: '2026-12-01', until: '2026-12-01T00:00:00.000Z' },
    { value: '2026-11-23T08:59:59Z', until: null },
    { value: '2026-11-23', until: null },
  ])('$value holds until $until', ({ value, until }) => {
    expect(heldUntil({ 'flowkeeper-hold': value })).toBe(until);
  });

  test.each(['', 'yes', '1', 'until 3', '2026', 'ticket 4711', '01/02/2026', '2026-13-01'])(
    'holds for ever where its value (%j) is no time: its owner meant something by it',
    (value) => {
      expect(heldUntil({ 'flowkeeper-hold': value })).toBe(forEver);
    },
  );

  test('is found by its name without case, and the policy may call it otherwise', () => {
    expect(heldUntil({ 'FlowKeeper-Hold': 'yes' })).toBe(forEver);
    expect(heldUntil({ frozen: 'yes' }, { holdTag: 'frozen' })).toBe(forEver);
    expect(heldUntil({ 'flowkeeper-hold': 'yes' }, { holdTag: 'frozen' })).toBeNull();
  });
});
