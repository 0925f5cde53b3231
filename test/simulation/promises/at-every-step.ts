import { z } from 'zod';
import type { ArmRequest } from '../../../infra/local/arm/core/exchange.ts';
import { objectOf, stringOf } from '../../../infra/local/arm/core/json.ts';
import type { Resource, ResourceBody } from '../../../infra/local/arm/core/resource-type.ts';
import type { InvocationResult } from '../../../infra/local/host/app/protocol.ts';
import { readDestination } from '../../../shared/inbox/destination-row.ts';
import { runTag } from '../../../shared/our-tags.ts';
import { destinationBody } from '../../../shared/records/destination-body.ts';
import { sameId } from '../../../shared/resource-id.ts';
import { historyPartition } from '../../../shared/work/history-partition.ts';
import { armEndpoint, type Served } from '../world/azure.ts';
import type { Books } from '../world/books.ts';
import { deployment, type Plan } from '../world/estate.ts';
import type { Asked, Invocation } from '../world/invocation.ts';
import type { Histories } from './histories.ts';

const armHost = new URL(armEndpoint).host;
const mostBytes = 24 * 1024;
/** A run that has looked before this is over. */
const longKnownMs = 15 * 60_000;
const recordSchema = z.object({ id: z.string(), state: z.string() });

type Watched = {
  readonly plan: Plan;
  readonly books: Pick<Books, 'lanes' | 'records'>;
  readonly histories: Histories;
  readonly now: () => number;
  /** The resource as Azure has it at this moment. */
  readonly resource: (id: string) => Resource | null;
  readonly violated: (what: string) => void;
};

/** What holds at every step: looked at whenever the product asks Azure for a change, and when a function begins or ends. */
export function watchEveryStep({ plan, books, histories, now, resource, violated }: Watched) {
  /** Networks that were exempt or held when a run planned for them. */
  const leftAlone = new Map<string, string>();
  const madeByUs = new Set<string>();
  /** What invocations were shown of resources that had changed since: they can't know better. */
  const shownLate = new WeakMap<Invocation, Map<string, ResourceBody | null>>();

  /**
   * By what ARM has shown the invocation, where that was late: the PUT and DELETE of a flow log know no condition (its etag
   * is its watcher's), so nothing can protect what was written in between.
   */
  function noteShownLate({ request, response, stale, by }: Served): void {
    if (!by || !stale || request.method !== 'GET') return;
    const body = response.status === 200 ? (response.body as ResourceBody) : null;
    const shown = shownLate.get(by) ?? new Map<string, ResourceBody | null>();
    shownLate.set(by, shown.set(request.path.toLowerCase(), body));
    if (by.asked?.about?.toLowerCase() === request.path.toLowerCase()) noteLeftAlone(by, body);
  }

  function noteLeftAlone({ functionName, asked }: Invocation, network: ResourceBody | null | undefined): void {
    if (functionName !== 'planNetwork' || !asked?.about) return;
    const key = `${asked.run.runId} ${asked.about.toLowerCase()}`;
    const why = network && whyLeftAlone(network, now());
    if (why) leftAlone.set(key, why);
    else leftAlone.delete(key);
  }

  /** The step has asked who owns the lane and which policy is in force, and the answers were still its own. */
  function checkFence({ run, policyEtag = '' }: Asked, invocation: Invocation, what: string): void {
    const { lane, policy } = histories.looks(invocation);
    if (lane === undefined || !histories.owned(run, lane))
      violated(`${what}: the run ${run.runId} did not own its lane`);
    if (policy === undefined || histories.policyAt(policy) !== policyEtag) violated(`${what}: the policy had changed`);
  }

  /** How to take it back, or that it was meant, is written down before the request. */
  async function checkTraceBefore({ run, about = '' }: Asked, kind: Kind, id: string, what: string): Promise<void> {
    if (kind === 'flowLog') {
      const rows = await Array.fromAsync(books.records.history.list({ partitionKey: historyPartition(about) }));
      if (!rows.some((row) => row.kind === 'intended' && row.run === run.runId))
        violated(`${what}: it was not announced`);
    }
    // A request may be under way when its lane changes hands, and who comes after writes down anew what is to be taken back.
    const isOwner = histories.owned(run, now());
    if ((kind === 'identity' || kind === 'roleAssignment') && run.lane.kind === 'destination' && isOwner) {
      const row = await readDestination(books.lanes, run.lane.account);
      const { intent } = row ? destinationBody.parse(row.body) : { intent: [] };
      if (!intent.some(({ resourceId }) => sameId(resourceId, id)))
        violated(`${what}: how to take it back was not noted`);
    }
  }

  /** What is written is what the policy in force asks for: a document that waits for approval rules nothing. */
  function checkSettings({ body }: ArmRequest, { policyEtag = '' }: Asked, what: string): void {
    const { days } = objectOf(objectOf(objectOf(body).properties).retentionPolicy);
    const wanted = histories.document(policyEtag)?.rules.map(({ flowLog }) => flowLog.retentionDays);
    if (!wanted?.some((one) => one === days)) violated(`${what}: the policy in force does not retain for ${days} days`);
  }

  function checkTarget({ method, path, body }: ArmRequest, before: ResourceBody | null, what: string): void {
    const kind = kindOf(path);
    if (!kind || !isInPolicy(plan, kind, path)) violated(`${what}: it is outside of the policy`);
    const tags = objectOf(before?.tags);
    const isOurs = tags['flowkeeper-deployment'] === deployment || madeByUs.has(path.toLowerCase());
    if (method === 'DELETE' && before && !isOurs) violated(`${what}: it is not ours`);
    if (method === 'PUT' && before && kind === 'flowLog') {
      if (plan.existing === 'report' && !isOurs) violated(`${what}: it is somebody else's, and only to be reported`);
      const kept = objectOf(objectOf(body).tags);
      // Of a run of ours that made it in this very moment the tag may go.
      const lost = Object.keys(tags).filter((tag) => tags[tag] !== kept[tag] && tag !== runTag);
      if (lost.length > 0) violated(`${what}: it drops the tags ${lost.join(', ')}`);
    }
  }

  return {
    onServed(served: Served): void {
      const { request, before, by } = served;
      noteShownLate(served);
      if (!by || !isWrite(request)) return;
      const what = `${request.method} ${request.path} by ${by.functionName}`;
      const { asked } = by;
      if (!asked) {
        violated(`${what}: no run has asked for it`);
        return;
      }
      checkFence(asked, by, what);
      const late = shownLate.get(by)?.get(request.path.toLowerCase());
      checkTarget(request, late === undefined ? before : late, what);
      if (request.method === 'PUT' && !before) madeByUs.add(request.path.toLowerCase());
      const kind = kindOf(request.path);
      if (by.functionName === 'ensureFlowLog') checkSettings(request, asked, what);
      if (request.method === 'PUT' && kind && (kind === 'flowLog' || !before))
        void checkTraceBefore(asked, kind, request.path, what);
      const why = leftAlone.get(`${asked.run.runId} ${asked.about?.toLowerCase()}`);
      if (why) violated(`${what}: its network was ${why} when the run planned`);
    },

    onInvoke(invocation: Invocation): void {
      noteLeftAlone(invocation, resource(invocation.asked?.about ?? '')?.body);
    },

    onToken(host: string): void {
      if (host !== armHost) violated(`A token was sent to ${host}`);
    },

    onRecorded(table: string, item: unknown): void {
      const { id, state } = table === 'networks' ? recordSchema.parse(item) : { id: '', state: '' };
      const network = state === 'Gone' || state === 'Orphaned' ? resource(id) : null;
      if (network && now() - network.createdAt > longKnownMs) violated(`${id} is told as ${state}, and is there.`);
    },

    onInvoked({ functionName, data, asked }: Invocation, result: InvocationResult): void {
      if (!asked) return;
      const answer = result.ok ? JSON.stringify(result.returnValue ?? null) : '';
      const bytes = Math.max(Buffer.byteLength(data), Buffer.byteLength(answer));
      if (bytes > mostBytes) violated(`${functionName} was given or answered ${bytes} bytes`);
    },
  };
}

function isWrite({ method, path }: ArmRequest): boolean {
  return method !== 'GET' && method !== 'HEAD' && !/\/Microsoft\.ResourceGraph\//i.test(path);
}

const kinds = {
  flowLog: /\/networkWatchers\/[^/]+\/flowLogs\/[^/]+$/i,
  networkWatcher: /\/networkWatchers\/[^/]+$/i,
  group: /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+$/i,
  identity: /\/userAssignedIdentities\/[^/]+$/i,
  roleAssignment: /\/roleAssignments\/[^/]+$/i,
} as const;
type Kind = keyof typeof kinds;

function kindOf(path: string): Kind | null {
  return (Object.keys(kinds) as Kind[]).find((kind) => kinds[kind].test(path)) ?? null;
}

function isInPolicy({ subscriptions, accounts }: Plan, kind: Kind, path: string): boolean {
  const lower = path.toLowerCase();
  switch (kind) {
    case 'flowLog':
    case 'networkWatcher':
    case 'group':
      return (
        subscriptions.some((one) => lower.startsWith(`/subscriptions/${one}/`)) &&
        lower.includes('/resourcegroups/networkwatcherrg')
      );
    case 'identity':
      return lower.includes('/resourcegroups/rg-flowkeeper/');
    case 'roleAssignment':
      return [...accounts.values()].some((account) => lower.startsWith(`${account.toLowerCase()}/`));
  }
}

/** By the tags alone, as the generated policies have it. */
export function whyLeftAlone({ tags }: ResourceBody, now: number): 'exempt' | 'held' | null {
  const { 'flow-log': exempt, 'flowkeeper-hold': hold } = objectOf(tags);
  if (exempt === 'exempt') return 'exempt';
  return Date.parse(stringOf(hold) ?? '') > now ? 'held' : null;
}
