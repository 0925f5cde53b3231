import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { openFlowLogContainers } from '../../shared/azure/flow-log-container.ts';
import { type Delivery, judgeArrival, proofDue, whySilent, withDelivery } from '../../shared/decide/delivery.ts';
import { flowLogId, identityId, networkId, storageId } from './support/samples.ts';

const now = new Date('2026-11-25T12:00:00Z');
const ago = (hours: number) => new Date(now.getTime() - hours * 3_600_000).toISOString();
const account = storageId('stlogswest');
const delivery = (changes: Partial<Delivery> = {}): Delivery => ({
  found: 'delivering',
  checkedAt: ago(1),
  newestAt: ago(1),
  runningSince: null,
  problem: null,
  ...changes,
});
const network = (changes: object = {}) => ({
  id: networkId,
  state: 'Compliant',
  flowLogId,
  storageAccountId: account,
  changedAt: ago(100),
  delivery: delivery(),
  problem: null,
  ...changes,
});

describe('it is time to look', () => {
  test.each([
    ['at once, where nobody has looked', { delivery: null }, true],
    ['at once, after a change', { changedAt: ago(0.5) }, true],
    ['after a day, where it was delivering', { delivery: delivery({ checkedAt: ago(24) }) }, true],
    ['not yet, where it has been proven today', { delivery: delivery({ checkedAt: ago(19) }) }, false],
    ['after an hour, where nothing ran', { delivery: delivery({ found: 'nothingRuns', checkedAt: ago(1) }) }, true],
    [
      'not yet, where nothing ran just now',
      { delivery: delivery({ found: 'nothingRuns', checkedAt: ago(0.9) }) },
      false,
    ],
    [
      'at each sweep, where it is silent',
      { state: 'Silent', delivery: delivery({ found: 'silent', checkedAt: ago(0) }) },
      true,
    ],
    ['never, where the log is not as it should be', { state: 'NonCompliant', delivery: null }, false],
    ['never, where there is no log', { flowLogId: null, delivery: null }, false],
  ])('%s', (_, changes, due) => {
    expect(proofDue(network(changes), now)).toBe(due);
  });

  it('for each log daily, and not for all of them in one sweep', () => {
    const at = (hours: number) => network({ delivery: delivery({ checkedAt: ago(hours) }) });
    const id = (n: number) => networkId.replace(/[^/]+$/, `vnet-${n}`);
    const due = (hours: number) => Array.from({ length: 200 }, (_, n) => proofDue({ ...at(hours), id: id(n) }, now));
    expect(due(24).every(Boolean)).toBe(true);
    expect(due(22).filter(Boolean).length).toBeGreaterThan(50);
    expect(due(22).filter(Boolean).length).toBeLessThan(150);
  });
});

describe('what was found', () => {
  const before = delivery({ found: 'tooEarly', newestAt: null, runningSince: ago(1.5) });
  test.each([
    ['a fresh blob: delivering', { newestAt: ago(0.1), running: false, before }, 'delivering'],
    ['nothing, and nothing runs', { newestAt: null, running: false, before }, 'nothingRuns'],
    ['an old blob, and nothing runs', { newestAt: ago(1.5), running: false, before: null }, 'nothingRuns'],
    ['nothing, and a machine runs, first seen now', { newestAt: null, running: true, before: null }, 'tooEarly'],
    ['nothing, and a machine has run for an hour', { newestAt: null, running: true, before }, 'silent'],
    ['an old blob, and a machine has run for an hour', { newestAt: ago(1.2), running: true, before }, 'silent'],
  ])('%s', (_, arrival, found) => {
    expect(judgeArrival({ changedAt: ago(3), ...arrival }, now).found).toBe(found);
  });

  it('nothing of a log that was changed within the hour: too early', () => {
    expect(judgeArrival({ newestAt: null, running: true, changedAt: ago(0.5), before }, now).found).toBe('tooEarly');
  });

  it('is never silence without a machine that was seen to run for an hour', () => {
    const hours = fc.option(fc.double({ min: 0, max: 48, noNaN: true }));
    fc.assert(
      fc.property(hours, fc.boolean(), hours, hours, (newest, running, changed, since) => {
        const [newestAt, changedAt, runningSince] = [newest, changed, since].map((one) =>
          one === null ? null : ago(one),
        );
        const known = delivery({ runningSince: runningSince ?? null });
        const judged = judgeArrival(
          { newestAt: newestAt ?? null, running, changedAt: changedAt ?? null, before: known },
          now,
        );
        const ran = running && since !== null && since >= 1;
        expect(judged.found === 'silent').toBe(
          ran && (newest === null || newest >= 1) && (changed === null || changed >= 1),
        );
      }),
    );
  });

  it('is shown as the state of the network only where its settings are as they should be', () => {
    const silent = delivery({ found: 'silent' });
    expect(withDelivery(network({ delivery: silent })).state).toBe('Silent');
    expect(withDelivery(network({ delivery: silent, state: 'NonCompliant' })).state).toBe('NonCompliant');
    expect(withDelivery(network()).state).toBe('Compliant');
  });
});

describe('the most probable reason', () => {
  const facts = {
    flowLogId,
    storageAccountId: account,
    identityId: identityId('id-west'),
    mayWrite: true,
    trustedServicesMayEnter: true,
    keysAllowed: false,
  };
  test.each([
    ['SilentRoleMissing', { mayWrite: false, trustedServicesMayEnter: false }],
    ['SilentFirewall', { trustedServicesMayEnter: false }],
    ['SilentKeysForbidden', { identityId: null, mayWrite: null }],
    ['Silent', {}],
    ['Silent', { mayWrite: null }],
  ])('is %s', (code, changes) => {
    expect(whySilent({ ...facts, ...changes })).toMatchObject({ code, resourceId: flowLogId });
  });
});

describe('the container of flow logs is opened', () => {
  const credential = { getToken: () => Promise.reject(new Error('no token was needed')) };
  const open = openFlowLogContainers(
    { endpoint: 'https://management.azure.com', hostSuffix: '.management.azure.com', scope: '' },
    credential,
  );
  test.each(['https://stlogs.blob.core.windows.net/', 'https://stlogs.z01.blob.storage.azure.net/'])('at %s', (url) => {
    expect(() => open('stlogs', url)).not.toThrow();
  });
  test.each([
    'https://stlogs.blob.core.windows.net.example/',
    'https://other.blob.core.windows.net/',
    'http://stlogs.blob.core.windows.net/',
    'https://example.com/stlogs',
  ])('and no token is sent to %s', (url) => {
    expect(() => open('stlogs', url)).toThrow('Refused to send a token');
  });
});
