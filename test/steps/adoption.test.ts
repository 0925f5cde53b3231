import type { FlowLog } from '@azure/arm-network';
import { describe, expect, test } from 'vitest';
import { flowLogFacts } from '../../shared/azure/network-facts.ts';
import type { DesiredFlowLog } from '../../shared/decide/facts.ts';
import { settingsOf } from '../../shared/plan/flow-log-change.ts';
import { planNetwork } from '../../shared/plan/plan-network.ts';
import type { StepAnswer } from '../../shared/steps/contract.ts';
import { ensureFlowLog, type FlowLogRequest } from '../../shared/steps/ensure-flow-log.ts';
import { undoFlowLog } from '../../shared/steps/undo-flow-log.ts';
import { verifyFlowLog } from '../../shared/steps/verify-flow-log.ts';
import {
  estate,
  flowLog as flowLogId,
  group,
  identity,
  network as networkId,
  storage,
  subscriptionId,
} from '../arm/support/estate.ts';
import { desired as desiredSample, network } from '../decide/support/samples.ts';
import { simulatedAzure } from './support/simulated-azure.ts';

// Logs that somebody else made, and what a write of ours leaves of them. Through the SDK, on the simulator.

const id = flowLogId('log-by-hand');
const workspaceResourceId = `${group}/providers/Microsoft.OperationalInsights/workspaces/log-theirs`;
const theirs = {
  id,
  location: 'westeurope',
  tags: { owner: 'soc', costCentre: '4711' },
  identity: { type: 'UserAssigned', userAssignedIdentities: { [identity('id-theirs')]: {} } },
  properties: {
    targetResourceId: networkId('vnet-a'),
    storageId: storage('stwest'),
    enabled: false,
    format: { type: 'FlowLogJSON', version: 2 },
    flowAnalyticsConfiguration: {
      networkWatcherFlowAnalyticsConfiguration: {
        enabled: true,
        workspaceResourceId,
        workspaceRegion: 'westeurope',
        trafficAnalyticsInterval: 10,
      },
    },
  },
};
const withTheirs = {
  ...estate,
  resources: [
    ...estate.resources,
    { id: identity('id-theirs'), location: 'westeurope' },
    { id: workspaceResourceId, location: 'westeurope' },
    theirs,
  ],
};

type Azure = ReturnType<typeof simulatedAzure>;
type Switches = Partial<Azure['world']['switches']>;

function openAzure(switches: Switches): Azure {
  const azure = simulatedAzure(withTheirs);
  azure.world.switches = { ...azure.world.switches, ...switches };
  return azure;
}

const read = async ({ clients }: Azure): Promise<FlowLog> =>
  clients.network(subscriptionId).flowLogs.get('NetworkWatcherRG', 'NetworkWatcher_westeurope', 'log-by-hand');
const desired = (changes: Partial<DesiredFlowLog>): DesiredFlowLog =>
  desiredSample({ storageAccountId: storage('stwest'), identityId: identity('id-logs'), ...changes });

/** What a run would do about the network's log, and the plan's change. */
async function changeFor(azure: Azure, wanted: DesiredFlowLog) {
  const facts = flowLogFacts(await read(azure));
  const observed = { network: network({ id: networkId('vnet-a'), resourceGuid: null }), flowLogs: [facts] };
  const plan = planNetwork(
    { kind: 'desired', mode: 'enforce', heldUntil: null, desired: wanted },
    { ...observed, overridingLogs: [], destinationWarnings: [], principalId: null, isOurs: () => false },
  );
  return { facts, ...plan };
}

/** Runs a step to its end, polls included. */
async function finish(azure: Azure, step: (resume?: string) => Promise<StepAnswer<unknown>>) {
  let answer = await step();
  for (let polls = 0; answer.status === 'running' && polls < 20; polls++) {
    azure.pass(60);
    answer = await step(answer.resume);
  }
  return answer;
}

const ensure = (azure: Azure, settings: FlowLogRequest['settings'], flowLog = id) => {
  const request = { flowLogId: flowLog, location: 'westeurope', targetResourceId: networkId('vnet-a'), settings };
  return finish(azure, (resume) => ensureFlowLog(azure.step, { ...request, ...(resume ? { resume } : {}) }));
};

describe.each([{ identitylessPut: 'keep' }, { identitylessPut: 'strip' }] as const)(
  "somebody's log, where a PUT without identity would $identitylessPut it",
  (switches) => {
    test('is brought in line under its own name, with its tags and what the policy says nothing of', async () => {
      const azure = openAzure(switches);
      const { change } = await changeFor(azure, desired({}));
      expect(change).toMatchObject({ kind: 'update', before: { enabled: false }, after: { enabled: true } });
      if (change?.after) expect(await ensure(azure, change.after)).toMatchObject({ status: 'done', did: 'updated' });

      const after = await read(azure);
      expect(after).toMatchObject({ name: 'log-by-hand', enabled: true, tags: theirs.tags });
      expect(after.format).toEqual(theirs.properties.format);
      expect(after.flowAnalyticsConfiguration).toEqual(theirs.properties.flowAnalyticsConfiguration);
      expect(Object.keys(after.identity?.userAssignedIdentities ?? {})).toEqual([identity('id-logs')]);
      expect((await changeFor(azure, desired({}))).change).toBeNull();
    });

    test('keeps its identity where only something else is changed', async () => {
      const azure = openAzure(switches);
      const { change } = await changeFor(azure, desired({ identityId: identity('id-theirs') }));
      if (change?.after) await ensure(azure, change.after);
      const { identity: bound } = await read(azure);
      expect(Object.entries(bound?.userAssignedIdentities ?? {})).toEqual([
        [identity('id-theirs'), expect.objectContaining({ principalId: expect.stringMatching(/./) })],
      ]);
    });

    test('has its identity again when a write that failed is taken back', async () => {
      const azure = openAzure(switches);
      const { change } = await changeFor(azure, desired({}));
      if (change?.kind !== 'update') throw new Error('There is something to change.');
      azure.fault({ method: 'PUT', path: 'log-by-hand', operation: { code: 'InternalServerError', message: 'No.' } });
      expect((await ensure(azure, change.after)).status).toBe('retry');
      const to = { kind: 'settings', before: change.before, ifStill: change.after } as const;
      const undo = { step: 'ensureFlowLog', resourceId: id, to } as const;
      await finish(azure, (resume) => undoFlowLog(azure.step, undo, resume));
      expect(settingsOf(flowLogFacts(await read(azure)))).toEqual(change.before);
      expect((await read(azure)).tags).toEqual(theirs.tags);
    });

    test('loses its identity only where the rule says that logs have none', async () => {
      const azure = openAzure(switches);
      const { change } = await changeFor(azure, desired({ identityId: null }));
      if (change?.after) await ensure(azure, change.after);
      expect((await read(azure)).identity).toEqual({ type: 'none' });
    });
  },
);

test('is left alone, and told with all its drifts, where the rule says report', async () => {
  const azure = openAzure({});
  const { change, because, verdict } = await changeFor(azure, desired({ existing: 'report', trafficAnalytics: null }));
  expect(because).toBe('report');
  expect(change).toMatchObject({ kind: 'update' });
  const checks = 'drifts' in verdict ? verdict.drifts.map(({ check }) => check) : [];
  expect(checks).toEqual(['disabled', 'identityWrong', 'trafficAnalytics']);
});

describe('a network that was deleted and made again under its name', () => {
  /** The log is ours, and healthy, and belongs to the network that was there before. */
  async function recreated(switches: Switches) {
    const azure = openAzure(switches);
    const settings = (await changeFor(azure, desired({}))).change?.after;
    if (!settings) throw new Error('There is something to change.');
    await ensure(azure, settings);
    const version = '?api-version=2026-01-01';
    azure.send('DELETE', `${networkId('vnet-a')}${version}`);
    azure.pass(600);
    const properties = { addressSpace: { addressPrefixes: ['10.0.0.0/16'] } };
    azure.send('PUT', `${networkId('vnet-a')}${version}`, { location: 'westeurope', properties });
    azure.pass(600);
    const { resourceGuid = '' } = await azure.clients
      .network(subscriptionId)
      .virtualNetworks.get('rg-network', 'vnet-a');
    const look = async (flowLog: string, written: FlowLog) => {
      const request = { flowLogId: flowLog, written: flowLogFacts(written), settings, principalId: null };
      return verifyFlowLog(azure.step, { ...request, targetResourceGuid: resourceGuid });
    };
    return { azure, settings, look, resourceGuid };
  }

  test('has its log bound to it by writing that again, where Azure does so', async () => {
    const { azure, settings, look, resourceGuid } = await recreated({ recreatedTarget: 'rebind' });
    expect((await look(id, await read(azure))).status).toBe('retry');
    await ensure(azure, settings);
    expect(await look(id, await read(azure))).toMatchObject({
      status: 'done',
      output: { targetResourceGuid: resourceGuid },
    });
  });

  test('keeps a log that Azure does not bind: it is told to its owner, and never deleted; a new one is made once it is gone', async () => {
    const { azure, settings, look } = await recreated({ recreatedTarget: 'keep' });
    await ensure(azure, settings);
    expect(await look(id, await read(azure))).toMatchObject({
      status: 'retry',
      problem: { code: 'TargetNotRebound', actor: 'owner' },
    });
    expect(azure.sent.filter((line) => line.startsWith('DELETE'))).toEqual([]);

    azure.send('DELETE', `${id}?api-version=2026-01-01`);
    azure.pass(600);
    await ensure(azure, settings, flowLogId('log-ours'));
    const made = await azure.clients
      .network(subscriptionId)
      .flowLogs.get('NetworkWatcherRG', 'NetworkWatcher_westeurope', 'log-ours');
    expect(await look(flowLogId('log-ours'), made)).toMatchObject({ status: 'done' });
  });
});
