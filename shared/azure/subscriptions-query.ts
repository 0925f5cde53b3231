import { z } from 'zod';
import type { ArmClients } from './arm-clients.ts';
import { type ArmOutcome, arm, said } from './arm-outcome.ts';

const query = `resourcecontainers
| where type =~ 'microsoft.resources/subscriptions'
| project id, subscriptionId
| order by subscriptionId asc`;
const rows = z.array(z.object({ subscriptionId: z.string() }));

/** Every subscription that the app may read, ids in lower case. One request for each 1,000. */
export async function listSubscriptions(clients: ArmClients): Promise<ArmOutcome<readonly string[]>> {
  const ids: string[] = [];
  let skipToken: string | undefined;
  do {
    const options = { resultFormat: 'objectArray' as const, ...(skipToken ? { skipToken } : {}) };
    const answer = await arm(() => clients.graph.resources({ query, options }));
    if (!answer.ok) return answer;
    ids.push(...rows.parse(answer.value.data).map(({ subscriptionId }) => subscriptionId.toLowerCase()));
    skipToken = answer.value.skipToken;
  } while (skipToken);
  return said(ids);
}
