import type { NetworkRecord } from '../records/network-record.ts';
import { azureInitiatives } from './azure-initiatives.ts';
import { type AzurePolicyId, azurePolicies, meets } from './azure-policies.ts';

/** So many networks are named; the CSV has all of them. */
const namedAtMost = 200;

type Tally = { met: number; unmet: number; unknown: number };

/** What a report says of an estate: counts, and what needs somebody's attention. */
export type Summary = ReturnType<ReturnType<typeof newSummary>['result']>;

/** Takes records one by one, so that an estate of any size fits. Networks that are gone are left out. */
export function newSummary() {
  const states = new Map<string, number>();
  const tallies = new Map<AzurePolicyId, Tally>(azurePolicies.map(({ id }) => [id, { met: 0, unmet: 0, unknown: 0 }]));
  const attention: ReturnType<typeof inNeed>[] = [];
  let [networks, leftOut, asOf] = [0, 0, ''];

  return {
    add(record: NetworkRecord): void {
      const { state, checkedAt } = record;
      if (state === 'Gone' || state === 'Orphaned') return;
      networks += 1;
      states.set(state, (states.get(state) ?? 0) + 1);
      if (checkedAt > asOf) asOf = checkedAt;
      count(tallies, record);
      if (isSettled(state)) return;
      if (attention.length < namedAtMost) attention.push(inNeed(record));
      else leftOut += 1;
    },

    result() {
      const policies = azurePolicies.map(({ id, name }) => {
        const tally = tallies.get(id) ?? { met: 0, unmet: 0, unknown: 0 };
        return { id, name, ...tally, isMet: tally.met > 0 && tally.unmet + tally.unknown === 0 };
      });
      const initiatives = azureInitiatives.map(({ id, name, version, policies: held }) => ({
        id,
        name,
        version,
        policies: [...held],
        isMet: held.every((one) => policies.some((policy) => policy.id === one && policy.isMet)),
      }));
      return {
        asOf: asOf || null,
        networks,
        states: Object.fromEntries([...states].sort(([one], [other]) => one.localeCompare(other))),
        azurePolicies: policies,
        azureInitiatives: initiatives,
        attention,
        attentionLeftOut: leftOut,
      };
    },
  };
}

const isSettled = (state: string): boolean => ['Compliant', 'Exempt', 'OutOfScope'].includes(state);

/** Exempt and out of scope is what the policy leaves to others; Azure Policy has exemptions and scopes of its own. */
function count(tallies: Map<AzurePolicyId, Tally>, record: NetworkRecord): void {
  if (record.state === 'Exempt' || record.state === 'OutOfScope') return;
  for (const { id, asks } of azurePolicies) {
    const tally = tallies.get(id);
    const met = meets(record, asks);
    if (tally) tally[met === null ? 'unknown' : met ? 'met' : 'unmet'] += 1;
  }
}

function inNeed({ id, state, because, until, drifts, problem }: NetworkRecord) {
  return { id, state, because, until, drifts: drifts.map(({ check }) => check), code: problem?.code ?? null };
}
