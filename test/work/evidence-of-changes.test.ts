import { beforeEach, describe, expect, test } from 'vitest';
import { performStep, steps } from '../../functions/perform.ts';
import { closeRun } from '../../shared/inbox/close-run.ts';
import { writeDestination } from '../../shared/inbox/destination-row.ts';
import { enqueue } from '../../shared/inbox/enqueue.ts';
import type { Run } from '../../shared/inbox/work-item.ts';
import type { FlowLogSettings } from '../../shared/plan/flow-log-change.ts';
import { newDestination } from '../../shared/records/destination-body.ts';
import { emptyRecord, networkKey } from '../../shared/records/network-record.ts';
import type { Undo } from '../../shared/steps/contract.ts';
import { closeFlowLogIntent, fulfilFlowLogIntent } from '../../shared/work/flow-log-intents.ts';
import { planNetworkItem } from '../../shared/work/plan-network-item.ts';
import { takeBatchTold } from '../../shared/work/take-batch-told.ts';
import type { WorkContext } from '../../shared/work/work-context.ts';
import { estate, flowLog, group, network, storage, subscriptionId } from '../arm/support/estate.ts';
import { networkItem, settings } from '../orchestrations/support/samples.ts';
import { simulatedAzure } from '../steps/support/simulated-azure.ts';
import { workOn } from './support/work.ts';

// The history has a row that announces each change before its request, and one that tells its end, whatever gets lost.

const policy = {
  version: 1,
  mode: 'enforce',
  rules: [
    {
      name: 'default',
      destination: { westeurope: storage('stwest') },
      identity: { kind: 'none' },
    },
  ],
};
const identityId = `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id-stwest`;
const destinationLane = { kind: 'destination', account: 'stwest' } as const;
const networkLane = { kind: 'subscription', subscriptionId } as const;

let azure: ReturnType<typeof simulatedAzure>;
let work: WorkContext;
beforeEach(async () => {
  azure = simulatedAzure(estate);
  work = await workOn(azure, policy);
});

/** A run that has taken its lane's work. */
async function runOf(lane: Run['lane'], targetId: string, runId: string): Promise<Run> {
  const kind = lane.kind === 'destination' ? 'destination' : 'network';
  const request = { target: { kind, id: targetId }, reason: 'event', correlationId: 'test' } as const;
  await enqueue(work.port, lane, [request], work.now(), 0);
  const run = { lane, generation: 0, runId };
  await takeBatchTold(work, { run });
  return run;
}

/** The run that comes after one that has died. */
async function runAfter(dead: Run, runId: string): Promise<Run> {
  await closeRun(work.port, dead, work.now());
  const run = { ...dead, generation: dead.generation + 1, runId };
  await takeBatchTold(work, { run });
  return run;
}

async function told() {
  const rows = await Array.fromAsync(work.records.history.list());
  return rows.map(({ kind, resourceId, reason, run }) => ({ kind, resourceId, reason, run }));
}

describe('an identity', () => {
  /** How to take it back is written down, as planning does it. */
  const intend = async () => {
    const intent: Undo[] = [{ step: 'ensureIdentity', resourceId: identityId, to: { kind: 'absent' } }];
    await writeDestination(work.port, 'stwest', null, { ...newDestination, identityId, intent }, 'noted');
  };
  const make = async (run: Run) =>
    performStep(work, 'test', 'ensureIdentity', {
      run,
      identityId,
      location: 'westeurope',
      ours: true,
      resourceId: identityId,
      about: 'stwest',
      correlationId: 'test',
      policyEtag: (await work.policies.etag()) ?? '',
    });

  test('that was made is told once, also where the answer was lost', async () => {
    await intend();
    const run = await runOf(destinationLane, 'stwest', 'run-1');
    azure.fault({ method: 'PUT', path: 'userAssignedIdentities', effect: 'after' });
    expect(await make(run)).toMatchObject({ status: 'retry' });
    expect(await make(run)).toMatchObject({ status: 'done', did: 'unchanged' });
    await make(run);
    const row = { resourceId: identityId, reason: 'ensureIdentity created', run: 'run-1' };
    expect(await told()).toEqual([
      { ...row, kind: 'changed' },
      { ...row, kind: 'intended' },
    ]);
  });

  test('is not made where nothing says how to take it back: the plan had found it there', async () => {
    const run = await runOf(destinationLane, 'stwest', 'run-1');
    expect(await make(run)).toMatchObject({ status: 'stopped', because: 'planOutdated' });
    expect(azure.sent.filter((request) => request.startsWith('PUT'))).toEqual([]);
    expect(await told()).toEqual([]);
  });

  test('that is to be taken back and is not shown is looked for once more', async () => {
    await intend();
    const run = await runOf(destinationLane, 'stwest', 'run-1');
    const undo: Undo = { step: 'ensureIdentity', resourceId: identityId, to: { kind: 'absent' } };
    const common = { run, undo, resourceId: identityId, about: 'stwest', correlationId: 'test' };
    const policyEtag = (await work.policies.etag()) ?? '';
    expect(await make(run)).toMatchObject({ status: 'done', did: 'created' });
    const late = azure.fault({ method: 'GET', path: 'userAssignedIdentities', status: 404, code: 'ResourceNotFound' });
    const first = await performStep(work, 'test', 'undoStep', { ...common, policyEtag });
    expect(first).toMatchObject({ status: 'running', afterSeconds: 20 });
    azure.faults.remove(late.id);
    const resume = first.status === 'running' ? first.resume : '';
    expect(await performStep(work, 'test', 'undoStep', { ...common, policyEtag, resume })).toMatchObject({
      status: 'done',
      did: 'deleted',
    });
    expect(azure.world.store.get(identityId)).toBeUndefined();
  });
});

describe('a flow log that was written by a run that died', () => {
  const item = { ...networkItem(network('vnet-a')), flowLogId: null };
  const plan = (run: Run) => planNetworkItem(work, { run, item });
  const write = async (run: Run, wanted: FlowLogSettings = settings) => {
    const flowLogId = flowLog('log-a');
    const target = { flowLogId, location: 'westeurope', targetResourceId: network('vnet-a') };
    const common = { run, resourceId: flowLogId, about: network('vnet-a'), correlationId: 'test', policyEtag: '' };
    await steps.ensureFlowLog(work, azure.step, { ...target, ...common, settings: wanted, undoTo: { kind: 'absent' } });
  };

  test('is told as changed by the run that finds the network as it should be', async () => {
    const dead = await runOf(networkLane, network('vnet-a'), 'run-1');
    await plan(dead);
    await write(dead);
    expect((await told()).map(({ kind }) => kind)).toEqual(['intended']);
    await fulfilFlowLogIntent(work, network('vnet-a'), null);
    await fulfilFlowLogIntent(work, network('vnet-a'), null);
    expect(await told()).toMatchObject([
      { kind: 'changed', run: 'run-1' },
      { kind: 'intended', run: 'run-1' },
    ]);
  });

  test("is nobody else's doing, and contests nothing when the policy wants another value", async () => {
    const dead = await runOf(networkLane, network('vnet-a'), 'run-1');
    await plan(dead);
    const wanted = { ...settings, storageId: storage('stwest'), identityId: null };
    await write(dead, { ...wanted, retentionDays: 30 });
    azure.pass(60);
    const repair = { field: 'retentionDays', value: '0', at: work.now().toISOString(), undone: true };
    const repairs = ['1', '2', '3'].map((planId) => ({ ...repair, planId }));
    await work.records.networks.put(...networkKey(network('vnet-a')), {
      ...emptyRecord(network('vnet-a')),
      repairs,
    });
    const next = async () => {
      const found = { ...item, flowLogId: flowLog('log-a') };
      const planned = await planNetworkItem(work, { run: { ...dead, runId: 'run-2' }, item: found });
      return planned.status === 'done' ? planned.output.because : planned;
    };
    expect(await next()).toBeNull();
    await write(dead, { ...wanted, retentionDays: 31 });
    azure.pass(60);
    await fulfilFlowLogIntent(work, network('vnet-a'), null);
    expect(await next()).toBe('contested');
  });

  test('is not gone over by a run that has lost its lane, and that hears of its end only now', async () => {
    const former = await runOf(networkLane, network('vnet-a'), 'run-1');
    await plan(former);
    await write(former);
    const next = await runAfter(former, 'run-2');
    await plan(next);
    await write(next);
    const known = () => work.records.intents.get(...networkKey(network('vnet-a')));
    const intent = await known();
    const target = { networkId: network('vnet-a'), flowLogId: flowLog('log-a'), settings };
    await closeFlowLogIntent(work, { run: former, ...target }, 'written');
    await write(former);
    expect(await known()).toEqual(intent);
    await closeFlowLogIntent(work, { run: next, ...target }, 'written');
    expect(await known()).toMatchObject({ to: null, ended: 'written', planId: intent?.planId });
  });

  test('is told as failed by the run that writes it again, where it has not come true', async () => {
    const dead = await runOf(networkLane, network('vnet-a'), 'run-1');
    await plan(dead);
    azure.fault({ method: 'PUT', path: 'flowLogs', status: 503 });
    await write(dead);
    const next = await runAfter(dead, 'run-2');
    await plan(next);
    await write(next);
    expect((await told()).filter(({ run }) => run === 'run-1').map(({ kind }) => kind)).toEqual(['failed', 'intended']);
  });
});
