import { z } from 'zod';
import type { ArmClients } from './arm-clients.ts';
import { type ArmOutcome, arm, said } from './arm-outcome.ts';

/** Which management groups hold a subscription: their ids in lower case, nearest first. */
export type ManagementGroups = {
  /** Null where Resource Graph does not show the subscription or its groups, which proves nothing. */
  ancestorsOf(subscriptionId: string): Promise<ArmOutcome<readonly string[] | null>>;
};

type Chains = ReadonlyMap<string, readonly string[]>;

/** How long an answer is good for; a subscription that it does not show is asked for again sooner. */
const goodForMs = 10 * 60_000;
const askAgainAfterMs = 30_000;

/** Reads the chains of all subscriptions in one query, and keeps them for a while: a whole run costs one request at most. */
export function openManagementGroups(clients: ArmClients, now: () => Date): ManagementGroups {
  let last: { readonly at: number; readonly chains: Promise<ArmOutcome<Chains>> } | null = null;

  function read(): Promise<ArmOutcome<Chains>> {
    const reading = readChains(clients);
    const mine = { at: now().getTime(), chains: reading };
    last = mine;
    return reading.then((outcome) => {
      // A refusal is nobody's answer but this one's.
      if (!outcome.ok && last === mine) last = null;
      return outcome;
    });
  }

  return {
    async ancestorsOf(subscriptionId) {
      const age = last ? now().getTime() - last.at : Number.POSITIVE_INFINITY;
      let outcome = await (last && age < goodForMs ? last.chains : read());
      if (outcome.ok && !outcome.value.has(subscriptionId) && age >= askAgainAfterMs && age < goodForMs)
        outcome = await read();
      return outcome.ok ? { ...outcome, value: outcome.value.get(subscriptionId) ?? null } : outcome;
    },
  };
}

const query = `resourcecontainers
| where type =~ 'microsoft.resources/subscriptions'
| project id, subscriptionId, chain = properties.managementGroupAncestorsChain
| order by subscriptionId asc`;

const row = z.object({
  subscriptionId: z.string(),
  /** Nearest first. */
  chain: z.array(z.object({ name: z.string() })).nullish(),
});

/** One request for each 1,000 subscriptions. */
async function readChains(clients: ArmClients): Promise<ArmOutcome<Chains>> {
  const chains = new Map<string, readonly string[]>();
  let skipToken: string | undefined;
  do {
    const options = { resultFormat: 'objectArray' as const, ...(skipToken ? { skipToken } : {}) };
    const answer = await arm(() => clients.graph.resources({ query, options }));
    if (!answer.ok) return answer;
    for (const { subscriptionId, chain } of z.array(row).parse(answer.value.data)) {
      const names = chain?.map(({ name }) => name.toLowerCase());
      if (names) chains.set(subscriptionId.toLowerCase(), names);
    }
    skipToken = answer.value.skipToken;
  } while (skipToken);
  return said(chains);
}
