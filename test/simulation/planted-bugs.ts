import { createHttpHeaders, type HttpClient } from '@azure/core-rest-pipeline';
import type { InvocationContext } from '@azure/functions';
import * as df from 'durable-functions';
import type { Outside } from '../../functions/composition.ts';
import { workContext } from '../../functions/work-context.ts';
import type { LaneStore, Row, Write } from '../../shared/inbox/lane-port.ts';
import type { Run } from '../../shared/inbox/work-item.ts';
import type { CurrentPolicy } from '../../shared/policy/ruling.ts';
import { closeReadsItemsFirst } from '../inbox/support/planted-bugs.ts';
import { currentInvocation } from './world/invocation.ts';
import type { Plant } from './world/loaded-app.ts';

// Bugs that a product like this one may well have, each put around the real one from outside.

const asked = () => currentInvocation.getStore()?.asked ?? null;
const inFunction = (...names: string[]) => names.includes(currentInvocation.getStore()?.functionName ?? '');
const writers = ['ensureNetworkWatcher', 'ensureFlowLog', 'ensureIdentity', 'ensureRoleAssignment', 'undoStep'];

function withLanes(change: (lanes: LaneStore) => Partial<LaneStore>): Plant {
  return { outside: (outside: Outside) => ({ ...outside, lanes: { ...outside.lanes, ...change(outside.lanes) } }) };
}

/** Changes what is committed. */
function withWrites(change: (write: Write) => Write): Plant {
  return withLanes((lanes) => ({ commit: (laneId, writes) => lanes.commit(laneId, writes.map(change)) }));
}

/** Changes what is sent to ARM. */
function withRequests(change: (client: HttpClient) => HttpClient): Plant {
  return {
    outside: (outside) => (outside.httpClient ? { ...outside, httpClient: change(outside.httpClient) } : outside),
  };
}

/** A run goes on writing whoever owns the lane by now. */
const noFence = withLanes((lanes) => ({
  readRow: async (laneId, rowKey) => {
    const row = await lanes.readRow(laneId, rowKey);
    const run = asked()?.run;
    if (!row || !run || rowKey !== 'lane' || !inFunction(...writers)) return row;
    return { ...row, fields: { ...row.fields, generation: run.generation, owner: run.runId } };
  },
}));

/** A run goes on writing whichever policy is in force by now. */
const policyNotCompared: Plant = {
  outside: (outside) => ({
    ...outside,
    policies: {
      ...outside.policies,
      etag: async () => {
        const etag = await outside.policies.etag();
        return inFunction(...writers) ? (asked()?.policyEtag ?? null) : etag;
      },
    },
  }),
};

/** What a destination's run may have to take back is only remembered by its process, and written down when it has come to its end. */
const undoRegisteredAfter: Plant = {
  outside: (outside) => {
    const { lanes } = outside;
    const remembered = new Map<string, Row['fields']>();
    const isKeptBack = ({ rowKey }: Write) =>
      rowKey === 'destination' && inFunction('planDestination', 'ensureRoleAssignment');
    const commit: LaneStore['commit'] = async (laneId, writes) => {
      const keptBack = writes.filter(isKeptBack);
      for (const { fields } of keptBack) remembered.set(laneId, fields);
      return keptBack.length > 0 ? { kind: 'ok', etags: writes.map(() => 'planted') } : lanes.commit(laneId, writes);
    };
    const readRow: LaneStore['readRow'] = async (laneId, rowKey) => {
      const row = await lanes.readRow(laneId, rowKey);
      const fields = remembered.get(laneId);
      if (!fields || rowKey !== 'destination' || !inFunction('ensureIdentity', 'ensureRoleAssignment')) return row;
      return { rowKey, etag: row?.etag ?? 'planted', fields };
    };
    return { ...outside, lanes: { ...lanes, commit, readRow } };
  },
};

/** Every run of a lane has the same instance id. */
const fixedInstanceId: Plant = {
  carrier: (carry) => (request) =>
    carry({
      ...request,
      url: request.url.replace(/(\/orchestrators\/[^/]+\/(?:subscription|destination)-.+)-\d+$/, '$1-0'),
    }),
};

/** The close looks for work first, and reads the lane's row after that. */
const closeReadsItemsBeforeRow: Plant = {
  activities: {
    closeRun: () => async (input, context) => {
      const invocation = context as InvocationContext;
      const { port, now } = await workContext(invocation, df.getClient(invocation));
      return closeReadsItemsFirst.closeRun(port, (input as { run: Run }).run, now());
    },
  },
};

/** A network that is written again and again settles anew each time. */
const settlingWithoutBound = withWrites((write) => {
  const { state, touchedAt } = write.fields;
  if (!write.rowKey.startsWith('item~network') || typeof state !== 'string' || !state.includes('"settling"'))
    return write;
  const notBefore = new Date(Date.parse(String(touchedAt)) + 120_000).toISOString();
  return { ...write, fields: { ...write.fields, state: JSON.stringify({ kind: 'settling', notBefore }) } };
});

/** An event of a parked network makes it due. */
const eventsUnpark = withLanes((lanes) => ({
  readRow: async (laneId, rowKey) => {
    const row = await lanes.readRow(laneId, rowKey);
    if (!row || !rowKey.startsWith('item~') || !inFunction('onResourceEvent')) return row;
    return { ...row, fields: { ...row.fields, state: JSON.stringify({ kind: 'due' }) } };
  },
}));

/** A row is settled even where it was asked for again meanwhile. */
const settledThoughTouched = withLanes((lanes) => ({
  remove: async (laneId, rowKey) => {
    const row = await lanes.readRow(laneId, rowKey);
    return row ? lanes.remove(laneId, rowKey, row.etag) : 'conflict';
  },
}));

/** A second run takes over a lane that has an owner. */
const secondOwner = withLanes((lanes) => ({
  readRow: async (laneId, rowKey) => {
    const row = await lanes.readRow(laneId, rowKey);
    return row && rowKey === 'lane' && inFunction('takeBatch') ? { ...row, fields: { ...row.fields, owner: '' } } : row;
  },
}));

/** A destination that has answered wakes nobody. */
const waitersForgotten = withLanes((lanes) => ({
  readRows: (laneId, prefix, among) =>
    prefix === 'waiter' ? Promise.resolve([]) : lanes.readRows(laneId, prefix, among),
}));

/** A flow log is written without the tags that somebody else has put on it. */
const foreignTagsDropped = withRequests((client) => ({
  sendRequest: (request) => {
    if (request.method === 'PUT' && /\/flowLogs\/[^/]+$/i.test(new URL(request.url).pathname)) {
      const { tags: _, ...body } = JSON.parse(String(request.body));
      return client.sendRequest({ ...request, body: JSON.stringify(body) });
    }
    return client.sendRequest(request);
  },
}));

/** Tags of networks are not looked at, so exemptions and holds by tag are not either. */
const tagsNotLookedAt = withRequests((client) => ({
  async sendRequest(request) {
    const response = await client.sendRequest(request);
    const isNetwork = /\/virtualNetworks\/[^/]+$/i.test(new URL(request.url).pathname) && response.status === 200;
    return isNetwork ? { ...response, bodyAsText: withoutTags(response.bodyAsText ?? '') } : response;
  },
}));

function withoutTags(text: string): string {
  const { tags: _, ...network } = JSON.parse(text);
  return JSON.stringify(network);
}

/** What could not be read is taken for something that is not there. */
const unreadableIsAbsent = withRequests((client) => ({
  async sendRequest(request) {
    const response = await client.sendRequest(request);
    if (request.method !== 'GET' || response.status < 429) return response;
    const body = { error: { code: 'ResourceNotFound', message: 'The Resource was not found.' } };
    return { ...response, status: 404, headers: createHttpHeaders(), bodyAsText: JSON.stringify(body) };
  },
}));

/** Whatever host ARM names in an answer gets a token. */
const anyHost: Plant = {
  outside: ({ settings, ...outside }) => ({
    ...outside,
    settings: { ...settings, cloud: { ...settings.cloud, hostSuffix: '' } },
  }),
};

/** Nobody remembers what was put right before. */
const contestsForgotten: Plant = {
  outside: (outside) => ({
    ...outside,
    openTable: (name, ...shape) => {
      const rows = outside.openTable(name, ...shape);
      const forgotten = (item: object) => ('repairs' in item ? { ...item, repairs: [] } : item);
      return { ...rows, get: (...key) => rows.get(...key).then((item) => item && (forgotten(item) as typeof item)) };
    },
  }),
};

/** Changes what the product reads of its policy. */
function withPolicy(change: (current: CurrentPolicy) => CurrentPolicy): Plant {
  return {
    outside: (outside) => ({
      ...outside,
      policies: {
        ...outside.policies,
        current: async () => {
          const current = await outside.policies.current();
          return current && change(current);
        },
      },
    }),
  };
}

/** A document that waits for approval is gone by. */
const approvalNotAwaited = withPolicy((current) => ({ ...current, policy: current.pending?.policy ?? current.policy }));

/** The limit of changes an hour is not looked at. */
const limitNotLookedAt = withPolicy((current) => ({
  ...current,
  policy: { ...current.policy, limits: { ...current.policy.limits, changesPerHour: null } },
}));

/** What was made is not told. */
const madeNotTold: Plant = {
  outside: (outside) => ({
    ...outside,
    openTable: (name, ...shape) => {
      const rows = outside.openTable(name, ...shape);
      const isLost = (rowKey: string) =>
        name === 'history' && rowKey.endsWith('~ended') && inFunction('ensureIdentity');
      return {
        ...rows,
        add: (partition, rowKey, item) => (isLost(rowKey) ? Promise.resolve(true) : rows.add(partition, rowKey, item)),
      };
    },
  }),
};

export const plantedBugs: Readonly<Record<string, Plant>> = {
  'no fence': noFence,
  'the policy is not compared before a write': policyNotCompared,
  'undo registered after instead of before': undoRegisteredAfter,
  'fixed instance id': fixedInstanceId,
  'close reads the items before the row': closeReadsItemsBeforeRow,
  'settling without an upper bound': settlingWithoutBound,
  'echoes that unpark': eventsUnpark,
  'a row is settled although it was touched': settledThoughTouched,
  'a lane is taken from its owner': secondOwner,
  'waiters are not woken': waitersForgotten,
  'tags of others are dropped': foreignTagsDropped,
  'exemptions by tag are not looked at': tagsNotLookedAt,
  'what cannot be read is taken for absent': unreadableIsAbsent,
  'a token goes to any host': anyHost,
  'what was put right before is forgotten': contestsForgotten,
  'approval is not awaited': approvalNotAwaited,
  'the limit of changes is not looked at': limitNotLookedAt,
  'what was made is not told': madeNotTold,
};
