import fc from 'fast-check';
import { flowLogFacts } from '../../../shared/azure/network-facts.ts';
import { readFlowLog } from '../../../shared/azure/network-reads.ts';
import type { FlowLogFacts, NetworkFacts } from '../../../shared/decide/facts.ts';
import type { StepContext } from '../../../shared/steps/step-context.ts';
import { network } from '../../decide/support/samples.ts';
import { type FakeAnswer, fakeAzure, refusal, type Sent } from '../../steps/support/fake-azure.ts';
import { anyCase, someAccounts, someFilters, someIdentities, someRecordTypes, someWorkspaces } from './arbitraries.ts';

/** A flow log as Azure keeps it. */
export type StoredLog = {
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly identity?: { readonly type: string; readonly userAssignedIdentities?: Readonly<Record<string, object>> };
  readonly properties: Readonly<Record<string, unknown>>;
};

export const subject: NetworkFacts = network();

/** The principal that each identity has today. */
export const principalOf = (identityId: string): string =>
  `00000000-0000-4000-8000-00000000000${someIdentities.findIndex((id) => id.toLowerCase() === identityId.toLowerCase())}`;

const deployment = { 'flowkeeper-deployment': 'test' };

/** Azure with one place for a flow log. What is put there ends in `outcome`. */
export function flowLogWorld(flowLogId: string, existing: StoredLog | null, outcome: 'Succeeded' | 'Failed') {
  let stored = existing;
  const answer = ({ method, path, body }: Sent): FakeAnswer => {
    if (/\/workspaces\//i.test(path))
      return { status: 200, body: { location: 'westeurope', properties: { customerId: 'w' } } };
    if (method === 'PUT') stored = kept(body as StoredLog, outcome);
    if (method === 'DELETE') stored = null;
    if (method === 'DELETE') return { status: 200 };
    return stored ? { status: 200, body: { id: flowLogId, ...stored } } : refusal(404, 'ResourceNotFound');
  };
  const azure = fakeAzure(answer);
  const context: StepContext = {
    clients: azure.clients,
    guard: () => Promise.resolve(null),
    tags: deployment,
    isOurs: (tags) => tags['flowkeeper-deployment'] === 'test',
  };
  return {
    context,
    sent: azure.sent,
    stored: () => stored,
    /** Someone else writes. */
    change: (log: StoredLog | null) => {
      stored = log;
    },
    async facts(): Promise<FlowLogFacts | null> {
      const read = await readFlowLog(azure.clients, flowLogId);
      if (!read.ok) throw new Error(read.error.message);
      return read.value && flowLogFacts(read.value);
    },
  };
}

function kept({ identity, properties, ...rest }: StoredLog, provisioningState: string): StoredLog {
  const ids = Object.keys(identity?.userAssignedIdentities ?? {});
  return {
    ...rest,
    ...(ids.length > 0
      ? {
          identity: {
            type: 'userAssigned',
            userAssignedIdentities: Object.fromEntries(ids.map((id) => [id, { principalId: principalOf(id) }])),
          },
        }
      : {}),
    properties: { ...properties, targetResourceGuid: subject.resourceGuid, provisioningState },
  };
}

const identity = fc.constantFrom(...someIdentities).chain((id) =>
  fc
    .record({
      spelt: anyCase(id),
      principalId: fc.constantFrom(principalOf(id), '', 'ffffffff-0000-4000-8000-000000000000'),
    })
    .map(({ spelt, principalId }) => ({
      type: 'userAssigned',
      userAssignedIdentities: { [spelt]: { principalId } },
    })),
);

const analytics = fc.record({
  enabled: fc.boolean(),
  workspaceId: fc.constant('w'),
  workspaceRegion: fc.constant('westeurope'),
  workspaceResourceId: fc.constantFrom(...someWorkspaces).chain(anyCase),
  trafficAnalyticsInterval: fc.constantFrom(10, 60),
});

/** What comes back from JSON as it was sent; -0 of `fc.jsonValue` does not. */
const json = fc.json().map((text): unknown => JSON.parse(text));

/** Fields of an api-version that we do not know. */
const unheardOf = fc.dictionary(fc.constantFrom('aggregation', 'zones', 'encryptionKey'), json, { maxKeys: 1 });

/** A flow log of the network as someone may have left it. */
export const storedLog: fc.Arbitrary<StoredLog> = fc
  .record({
    tags: fc.dictionary(fc.constantFrom('owner', 'env'), fc.constantFrom('a', 'b')),
    identity: fc.option(identity, { nil: undefined }),
    storageId: fc.constantFrom(...someAccounts).chain(anyCase),
    enabled: fc.boolean(),
    retentionPolicy: fc
      .tuple(fc.record({ days: fc.integer({ min: 0, max: 365 }), enabled: fc.boolean() }), unheardOf)
      .map(([known, others]) => ({ ...others, ...known })),
    format: fc
      .tuple(fc.record({ type: fc.constantFrom('JSON', 'json'), version: fc.constantFrom(1, 2) }), unheardOf)
      .map(([known, others]) => ({ ...others, ...known })),
    provisioningState: fc.constantFrom('Succeeded', 'Failed'),
    targetResourceGuid: fc.constantFrom(subject.resourceGuid, 'eeeeeeee-0000-4000-8000-000000000000'),
    newer: fc.record({ above: unheardOf, below: unheardOf }),
    optional: fc.record(
      {
        enabledFilteringCriteria: fc.constantFrom(...someFilters),
        recordTypes: fc.constantFrom(...someRecordTypes, 'E,B'),
        flowAnalyticsConfiguration: fc.record({ networkWatcherFlowAnalyticsConfiguration: analytics }),
      },
      { requiredKeys: [] },
    ),
  })
  .map(({ tags, identity: bound, optional, newer, ...properties }) => ({
    ...newer.above,
    location: 'westeurope',
    tags,
    ...(bound ? { identity: bound } : {}),
    properties: { targetResourceId: subject.id, ...newer.below, ...properties, ...optional },
  }));
