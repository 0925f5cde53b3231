import type { LaneStore, Row } from '../../../shared/inbox/lane-port.ts';
import { type LaneRow, readLane } from '../../../shared/inbox/lane-row.ts';
import { laneId, type Run } from '../../../shared/inbox/work-item.ts';
import type { Policy } from '../../../shared/policy/document.ts';
import type { PolicyStore } from '../../../shared/records/policy-store.ts';
import { currentInvocation, type Invocation } from '../world/invocation.ts';

/** What a value was at any time: who owned a lane, which policy was in force. */
class History<T> {
  readonly #changes: { readonly at: number; readonly value: T }[] = [];

  note(at: number, value: T): void {
    if (JSON.stringify(this.#changes.at(-1)?.value) !== JSON.stringify(value)) this.#changes.push({ at, value });
  }

  at(time: number): T | null {
    return this.#changes.findLast((change) => change.at <= time)?.value ?? null;
  }
}

type Owner = Pick<LaneRow, 'generation' | 'owner'>;
export type Histories = ReturnType<typeof keepHistories>;

/** A row of a lane before and after a write; `null` where there is none. */
export type RowChange = { readonly rowKey: string; readonly before: Row | null; readonly after: Row | null };

/**
 * Writes down who owns the lanes and which policy is in force, whenever that changes. The stores are to be used through the
 * answer; `onCommitted` is told of every write.
 */
export function keepHistories(
  lanes: LaneStore,
  policies: PolicyStore,
  now: () => number,
  onCommitted: (laneId: string, changes: readonly RowChange[]) => void,
) {
  const owners = new Map<string, History<Owner>>();
  const versions = new History<string | null>();
  const documents = new Map<string, Policy>();

  /** The version in force, with its document. */
  async function noteVersion(): Promise<string | null> {
    const current = await policies.current();
    const etag = current?.etag ?? null;
    if (current) documents.set(current.etag, current.policy);
    versions.note(now(), etag);
    return etag;
  }

  async function noteOwner(id: string): Promise<void> {
    const lane = await readLane(lanes, id);
    if (!lane) return;
    const history = owners.get(id) ?? new History<Owner>();
    owners.set(id, history);
    history.note(now(), { generation: lane.generation, owner: lane.owner });
  }

  /** When an invocation last looked at its lane's row, and at the policy's version. */
  const looks = new WeakMap<Invocation, { lane?: number; policy?: number }>();
  function noteLook(what: 'lane' | 'policy'): void {
    const invocation = currentInvocation.getStore();
    if (invocation) looks.set(invocation, { ...looks.get(invocation), [what]: now() });
  }

  return {
    lanes: {
      ...lanes,
      readRow: (id, rowKey) => {
        if (rowKey === 'lane') noteLook('lane');
        return lanes.readRow(id, rowKey);
      },
      commit: async (id, writes) => {
        const rowsOf = () => Promise.all(writes.map(({ rowKey }) => lanes.readRow(id, rowKey)));
        const before = await rowsOf();
        const committed = await lanes.commit(id, writes);
        if (committed.kind === 'conflict') return committed;
        await noteOwner(id);
        const after = await rowsOf();
        onCommitted(
          id,
          writes.map(({ rowKey }, at) => ({ rowKey, before: before[at] ?? null, after: after[at] ?? null })),
        );
        return committed;
      },
      remove: async (id, rowKey, etag) => {
        const before = await lanes.readRow(id, rowKey);
        const removed = await lanes.remove(id, rowKey, etag);
        if (removed === 'ok') onCommitted(id, [{ rowKey, before, after: null }]);
        return removed;
      },
    } satisfies LaneStore,

    policies: {
      ...policies,
      etag: async () => {
        const etag = await noteVersion();
        noteLook('policy');
        return etag;
      },
      save: async (document, conditions) => {
        const saved = await policies.save(document, conditions);
        await noteVersion();
        return saved;
      },
      weigh: async (etag, weight) => {
        await policies.weigh(etag, weight);
        await noteVersion();
      },
      approve: async (etag, by, at) => {
        const approved = await policies.approve(etag, by, at);
        await noteVersion();
        return approved;
      },
    } satisfies PolicyStore,

    /** Whether the run owned its lane at that time. */
    owned({ lane, generation, runId }: Run, time: number): boolean {
      const owner = owners.get(laneId(lane))?.at(time);
      return owner?.generation === generation && owner.owner === runId;
    },

    looks: (invocation: Invocation) => looks.get(invocation) ?? {},

    policyAt: (time: number) => versions.at(time),

    document: (etag: string) => documents.get(etag),
  };
}
