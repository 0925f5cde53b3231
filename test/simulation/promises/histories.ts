import type { LaneStore } from '../../../shared/inbox/lane-port.ts';
import { type LaneRow, readLane } from '../../../shared/inbox/lane-row.ts';
import { laneId, type Run } from '../../../shared/inbox/work-item.ts';
import type { PolicyStore } from '../../../shared/records/policy-store.ts';

/** What a value was at any time: who owned a lane, which policy was in force. */
class History<T> {
  readonly #changes: { readonly at: number; readonly value: T }[] = [];

  note(at: number, value: T): void {
    if (JSON.stringify(this.#changes.at(-1)?.value) !== JSON.stringify(value)) this.#changes.push({ at, value });
  }

  at(time: number): T | null {
    return this.#changes.findLast((change) => change.at <= time)?.value ?? null;
  }

  /** When it first changed after the time; null where it did not. */
  changedAfter(time: number): number | null {
    return this.#changes.find((change) => change.at > time)?.at ?? null;
  }
}

type Owner = Pick<LaneRow, 'generation' | 'owner'>;
export type Histories = ReturnType<typeof keepHistories>;

/** Writes down who owns the lanes and which policy is in force, whenever that changes. The stores are to be used through the answer. */
export function keepHistories(lanes: LaneStore, policies: PolicyStore, now: () => number) {
  const owners = new Map<string, History<Owner>>();
  const versions = new History<string | null>();

  async function noteOwner(id: string): Promise<void> {
    const lane = await readLane(lanes, id);
    if (!lane) return;
    const history = owners.get(id) ?? new History<Owner>();
    owners.set(id, history);
    history.note(now(), { generation: lane.generation, owner: lane.owner });
  }

  return {
    lanes: {
      ...lanes,
      commit: async (id, writes) => {
        const committed = await lanes.commit(id, writes);
        await noteOwner(id);
        return committed;
      },
    } satisfies LaneStore,

    policies: {
      ...policies,
      save: async (document, conditions) => {
        const saved = await policies.save(document, conditions);
        versions.note(now(), await policies.etag());
        return saved;
      },
      weigh: async (etag, weight) => {
        await policies.weigh(etag, weight);
        versions.note(now(), await policies.etag());
      },
      approve: async (etag, by, at) => {
        const approved = await policies.approve(etag, by, at);
        versions.note(now(), await policies.etag());
        return approved;
      },
    } satisfies PolicyStore,

    /** Whether the run owned its lane at that time. */
    owned({ lane, generation, runId }: Run, time: number): boolean {
      const owner = owners.get(laneId(lane))?.at(time);
      return owner?.generation === generation && owner.owner === runId;
    },

    /** When the lane's owner or the policy first changed after the time; null where neither did. */
    changedAfter({ lane }: Run, time: number): number | null {
      const times = [owners.get(laneId(lane))?.changedAfter(time), versions.changedAfter(time)];
      const known = times.filter((at) => at !== null && at !== undefined);
      return known.length > 0 ? Math.min(...known) : null;
    },

    policyAt: (time: number) => versions.at(time),
  };
}
