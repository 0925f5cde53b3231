import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { textTable } from '../../../infra/local/narrator/text-table.ts';
import { driftChecks } from '../../../shared/decide/drift.ts';
import { eventually, type Scene } from '../support/scene.ts';
import { sweep } from '../support/sweep.ts';
import {
  type DriftCase,
  historyOf,
  openDriftScene,
  type Subject,
  setMode,
  settingsOf,
  untilDrift,
} from './drift-scene.ts';
import { identity } from './identity.cases.ts';
import { reported } from './reported.cases.ts';
import { settings } from './settings.cases.ts';
import { trafficAnalytics } from './traffic-analytics.cases.ts';
import { whileEnforcing } from './while-enforcing.cases.ts';
import { wholeLog } from './whole-log.cases.ts';

// Each drift happens to a network of its own while the policy only audits; then the policy enforces.

const cases: readonly DriftCase[] = [...settings, ...identity, ...trafficAnalytics, ...wholeLog, ...reported];
const mendable = cases.filter(({ action }) => action !== null);

let scene: Scene;
let subjects: ReadonlyMap<string, Subject>;
const subject = ({ network }: DriftCase): Subject => {
  const found = subjects.get(network);
  if (!found) throw new Error(`There is no ${network}.`);
  return found;
};

/** What each drift has shown, a line of the table at the end. */
const rows = cases.map(({ check, network }) => [check, network, '-', '-', '-', '-']);
const show = ({ network }: DriftCase, column: number, what: string) =>
  rows.find((row) => row[1] === network)?.splice(column + 2, 1, what);
afterAll(() => {
  console.log(`\n${textTable(['drift', 'network', 'found', 'planned', 'repaired', 'verified'], rows)}\n`);
});

beforeAll(async () => {
  ({ scene, subjects } = await openDriftScene(cases));
}, 180_000);
afterAll(() => scene.close());

describe('in audit', () => {
  let since: number;
  beforeAll(async () => {
    await setMode(scene, 'audit');
    since = Math.max(...(await scene.requests()).map(({ seq }) => seq));
    await Promise.all(cases.map((one) => one.tamper(subject(one))));
    // Logs of subnets and interfaces, and writes that failed, raise no event.
    await sweep(scene);
  });

  it.each(cases)('$check of $network is found, with what was expected and what is there', async (one) => {
    const told = await untilDrift(scene, one.network, one.check);
    const { check, beside = [] } = one;
    expect(told.state).toBe('NonCompliant');
    expect(told.drifts.map((drift) => drift.check)).toEqual([check, ...beside]);
    expect(told.drifts[0]).toEqual({ check, expected: one.expected(subject(one)), actual: one.actual(subject(one)) });
    show(one, 0, 'found');
  });

  it.each(cases)('what to do about $check of $network is planned, field by field', async (one) => {
    const told = await scene.told(one.network);
    expect(told).toMatchObject({ action: one.action, because: one.action ? 'audit' : 'report' });
    if (one.fields) expect(told?.plan?.map(({ field }) => field)).toEqual(one.fields);
    show(one, 1, one.action ?? 'nothing');
  });

  it('nothing is written', async () => {
    expect((await scene.requests(since)).filter(({ method }) => !['GET', 'POST'].includes(method))).toEqual([]);
  });
});

describe('in enforce', () => {
  beforeAll(() => setMode(scene, 'enforce'));

  it.each(mendable)('$check of $network is repaired: the log is as before, and keeps what is not ours', async (one) => {
    const { log, id } = subject(one);
    const wanted = {
      ...settingsOf(log),
      ...(one.check === 'targetRecreated' ? { targetResourceGuid: one.expected(subject(one)) } : {}),
    };
    const look = async () => settingsOf((await scene.flowLogsOf(id))[0]);
    await eventually(async () => isDeepStrictEqual(await look(), wanted), look, 120);
    const [after, ...others] = await scene.flowLogsOf(id);
    expect(others).toEqual([]);
    if (after?.tags?.costCentre) expect(after.tags).toEqual({ ...log.tags, costCentre: '4711' });
    show(one, 2, 'repaired');
  });

  it.each(mendable)(
    '$check of $network is verified: read back, compliant, and in the story of the network',
    async (one) => {
      await eventually(
        async () => (await scene.told(one.network))?.state === 'Compliant',
        () => scene.told(one.network),
      );
      expect((await historyOf(scene, subject(one).id)).slice(0, 2).toSorted()).toEqual(['changed', 'intended']);
      show(one, 3, 'verified');
    },
  );

  it.each(cases.filter(({ action }) => action === null))(
    '$check of $network is told still, and nothing was touched',
    async (one) => {
      const told = await untilDrift(scene, one.network, one.check);
      expect(told).toMatchObject({ state: 'NonCompliant', because: 'report', action: null });
      const { log, id } = subject(one);
      const logs = await scene.flowLogsOf(id);
      expect(logs.map((found) => settingsOf(found))).toContainEqual(settingsOf(log));
      expect(logs).toHaveLength(one.check === 'duplicateLogs' ? 2 : 1);
      show(one, 2, 'reported');
      show(one, 3, 'untouched');
    },
  );
});

whileEnforcing(
  () => scene,
  (check, network, columns) => rows.push([check, network, ...columns]),
);

it('every drift there is was shown', () => {
  const names: readonly string[] = driftChecks;
  expect(names.filter((check) => !rows.some(([shown]) => shown === check))).toEqual([]);
});
