import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DesiredFlowLog, FlowLogFacts } from '../../shared/decide/facts.ts';
import { settingsOf } from '../../shared/plan/flow-log-change.ts';
import { type NetworkPlan, planNetwork } from '../../shared/plan/plan-network.ts';
import type { Undo } from '../../shared/steps/contract.ts';
import { ensureFlowLog } from '../../shared/steps/ensure-flow-log.ts';
import { undoFlowLog } from '../../shared/steps/undo-flow-log.ts';
import { flowLogId, storageId } from '../decide/support/samples.ts';
import { desiredFlowLog } from './support/arbitraries.ts';
import { flowLogWorld, principalOf, type StoredLog, storedLog, subject } from './support/flow-log-world.ts';

// Through the real steps and the real SDK; only Azure's store is a stand-in.

const logs = fc.option(storedLog);
type World = ReturnType<typeof flowLogWorld>;

function planOf(desired: DesiredFlowLog, facts: FlowLogFacts | null): NetworkPlan {
  const principalId = desired.identityId && principalOf(desired.identityId);
  const observed = {
    network: subject,
    flowLogs: facts ? [facts] : [],
    overridingLogs: [],
    destinationWarnings: [],
    principalId,
    isOurs: () => true,
  };
  return planNetwork({ kind: 'desired', mode: 'enforce', heldUntil: null, desired }, observed);
}

/** Does what a plan says; answers how to take it back. */
async function apply(world: World, { change }: NetworkPlan): Promise<Undo | null> {
  if (!change?.after) return null;
  const { id, location } = subject;
  await ensureFlowLog(world.context, { flowLogId, location, targetResourceId: id, settings: change.after });
  const to =
    change.kind === 'update'
      ? ({ kind: 'settings', before: change.before, ifStill: change.after } as const)
      : ({ kind: 'absent' } as const);
  return { step: 'ensureFlowLog', resourceId: flowLogId, to };
}

test('after a plan was applied the next plan is empty, and the network compliant', async () => {
  await fc.assert(
    fc.asyncProperty(logs, desiredFlowLog, async (existing, desired) => {
      const world = flowLogWorld(flowLogId, existing, 'Succeeded');
      await apply(world, planOf(desired, await world.facts()));
      expect(planOf(desired, await world.facts())).toMatchObject({ verdict: { state: 'Compliant' }, change: null });
    }),
  );
});

test('a compliant network is not written to', async () => {
  await fc.assert(
    fc.asyncProperty(logs, desiredFlowLog, async (existing, desired) => {
      const world = flowLogWorld(flowLogId, existing, 'Succeeded');
      await apply(world, planOf(desired, await world.facts()));
      const before = world.sent.length;
      await apply(world, planOf(desired, await world.facts()));
      expect(world.sent.slice(before).map(({ method }) => method)).toEqual(['GET']);
    }),
  );
});

test("no field and no tag that is not ours is lost by a write, and none of ours is added to someone's log", async () => {
  await fc.assert(
    fc.asyncProperty(storedLog, desiredFlowLog, async (existing, desired) => {
      const world = flowLogWorld(flowLogId, existing, 'Succeeded');
      await apply(world, planOf(desired, await world.facts()));
      const after = world.stored();
      expect(after?.tags).toEqual(existing.tags);
      const { flowAnalyticsConfiguration } = existing.properties;
      if (flowAnalyticsConfiguration && desired.trafficAnalytics === 'keep')
        expect(after?.properties.flowAnalyticsConfiguration).toEqual(flowAnalyticsConfiguration);
      // Of what is not ours nothing is missing, at any depth.
      expect(after).toMatchObject(notOurs(existing));
    }),
  );
});

/** A log without what a policy may set, and without what only Azure sets. */
function notOurs({ identity: _, properties, ...others }: StoredLog) {
  const { storageId, enabled, enabledFilteringCriteria, recordTypes, flowAnalyticsConfiguration, ...rest } = properties;
  const { provisioningState, targetResourceGuid, retentionPolicy, format, ...theirs } = rest;
  return {
    ...others,
    properties: {
      ...theirs,
      retentionPolicy: { ...(retentionPolicy as object), days: expect.anything(), enabled: expect.anything() },
      format: { ...(format as object), version: expect.anything() },
    },
  };
}

test('a write that failed is taken back: the log has its former settings, and one that we made is gone', async () => {
  await fc.assert(
    fc.asyncProperty(logs, desiredFlowLog, async (existing, desired) => {
      const world = flowLogWorld(flowLogId, existing, 'Failed');
      const before = await world.facts();
      const undo = await apply(world, planOf(desired, before));
      fc.pre(undo !== null);
      if (undo) await undoFlowLog(world.context, undo);
      const after = await world.facts();
      expect(after && settingsOf(after)).toEqual(before && settingsOf(before));
    }),
  );
});

const changes: fc.Arbitrary<(log: StoredLog) => StoredLog> = fc.constantFrom(
  (log) => ({ ...log, properties: { ...log.properties, enabled: false } }),
  (log) => ({ ...log, properties: { ...log.properties, storageId: storageId('stelse') } }),
  (log) => ({ ...log, properties: { ...log.properties, retentionPolicy: { days: 1000, enabled: true } } }),
  (log) => ({ ...log, properties: { ...log.properties, format: { type: 'JSON', version: 3 } } }),
  (log) => ({ ...log, identity: { type: 'userAssigned', userAssignedIdentities: { other: { principalId: 'p' } } } }),
);

test('an update is not taken back where someone else has changed the log since', async () => {
  await fc.assert(
    fc.asyncProperty(storedLog, desiredFlowLog, changes, async (existing, desired, change) => {
      const world = flowLogWorld(flowLogId, existing, 'Failed');
      const undo = await apply(world, planOf(desired, await world.facts()));
      const ours = world.stored();
      fc.pre(undo !== null && ours !== null);
      const theirs = ours && change(ours);
      world.change(theirs);
      if (undo) await undoFlowLog(world.context, undo);
      expect(world.stored()).toEqual(theirs);
    }),
  );
});

test("a log that records, or that is someone else's, is never deleted by an undo", async () => {
  await fc.assert(
    fc.asyncProperty(storedLog, fc.boolean(), async (existing, ours) => {
      const provisioningState = ours ? 'Succeeded' : existing.properties.provisioningState;
      const tags = ours ? { ...existing.tags, 'flowkeeper-deployment': 'test' } : existing.tags;
      const recording = { ...existing, tags, properties: { ...existing.properties, provisioningState } };
      const world = flowLogWorld(flowLogId, recording, 'Succeeded');
      await undoFlowLog(world.context, { step: 'ensureFlowLog', resourceId: flowLogId, to: { kind: 'absent' } });
      expect(world.stored()).toEqual(recording);
    }),
  );
});

test('an undo where nothing was ever made does nothing', async () => {
  const world = flowLogWorld(flowLogId, null, 'Succeeded');
  const undo = { step: 'ensureFlowLog', resourceId: flowLogId, to: { kind: 'absent' } } as const;
  expect(await undoFlowLog(world.context, undo)).toEqual({ status: 'done', did: 'unchanged', output: null });
  expect(world.sent.map(({ method }) => method)).toEqual(['GET']);
});
