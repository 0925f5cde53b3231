import { z } from 'zod';
import type { FlowLogFacts, NetworkFacts } from '../decide/facts.ts';
import { normalLocation, sameId } from '../resource-id.ts';
import type { ArmClients } from './arm-clients.ts';
import { type ArmOutcome, arm } from './arm-outcome.ts';
import { flowLogFacts } from './network-facts.ts';

/**
 * Networks with the flow logs that record in them: their own, and those of their subnets and network interfaces. Sorted,
 * because pages of an unsorted query may overlap; as our records are, so that those of a page are read in one stretch.
 */
const query = (among: string) => `resources
| where type =~ 'microsoft.network/virtualnetworks'
| extend key = tolower(id), place = tolower(strcat(subscriptionId, '/', resourceGroup, '|', name))${among}
| project key, place, id, location, tags, provisioningState = tostring(properties.provisioningState), resourceGuid = tostring(properties.resourceGuid)
| join kind=leftouter (
    resources
    | where type =~ 'microsoft.network/networkwatchers/flowlogs'
    | extend target = tolower(tostring(properties.targetResourceId))
    | join kind=leftouter (
        resources
        | where type =~ 'microsoft.network/networkinterfaces'
        | project nic = tolower(id), subnet = tolower(tostring(properties.ipConfigurations[0].properties.subnet.id))
      ) on $left.target == $right.nic
    | extend network = extract('^(.*/virtualnetworks/[^/]+)', 1, iff(isempty(subnet), target, subnet))
    | summarize flowLogs = make_list(pack('id', id, 'tags', tags, 'identity', identity, 'properties', properties)) by network
  ) on $left.key == $right.network
| project place, id, location, tags, provisioningState, resourceGuid, flowLogs
| order by place asc`;

const tags = z.record(z.string(), z.string()).nullish();
const row = z.object({
  id: z.string(),
  location: z.string(),
  tags,
  provisioningState: z.string(),
  resourceGuid: z.string().nullish(),
  flowLogs: z
    .array(z.object({ id: z.string(), tags, identity: z.looseObject({}).nullish(), properties: z.looseObject({}) }))
    .nullish(),
});

/** A network as Resource Graph shows it: seconds to minutes old. What it does not show is no proof of absence. */
export type EstateRow = {
  readonly network: NetworkFacts;
  /** Those that have the network as target. */
  readonly flowLogs: readonly FlowLogFacts[];
  /** Ids of those that record in its place. */
  readonly overridingLogs: readonly string[];
};
export type EstatePage = { readonly rows: readonly EstateRow[]; readonly skipToken: string | null };

/**
 * One page of the estate, 1,000 networks at most. `subscriptions` null = all that the app may read; `networkIds`: only
 * these, of those. One request.
 */
export async function queryEstate(
  clients: ArmClients,
  subscriptions: readonly string[] | null,
  skipToken: string | null,
  pageSize = 1000,
  networkIds: readonly string[] | null = null,
): Promise<ArmOutcome<EstatePage>> {
  const options = { top: pageSize, resultFormat: 'objectArray' as const, ...(skipToken ? { skipToken } : {}) };
  const scope = subscriptions ? { subscriptions: [...subscriptions] } : {};
  const answer = await arm(() => clients.graph.resources({ query: query(among(networkIds)), options, ...scope }));
  if (!answer.ok) return answer;
  const rows = z.array(row).parse(answer.value.data).map(toRow);
  return { ...answer, value: { rows, skipToken: answer.value.skipToken ?? null } };
}

/** Ids hold none of the characters that end a text of the query language: they are checked where they come in. */
function among(networkIds: readonly string[] | null): string {
  return networkIds ? `\n| where key in (${networkIds.map((id) => `'${id.toLowerCase()}'`).join(', ')})` : '';
}

function toRow({ id, location, tags, provisioningState, resourceGuid, flowLogs }: z.infer<typeof row>): EstateRow {
  const logs = (flowLogs ?? []).map((flowLog) =>
    flowLogFacts({
      ...flowLog.properties,
      id: flowLog.id,
      tags: flowLog.tags ?? {},
      identity: flowLog.identity ?? {},
    }),
  );
  const below = logs.filter(({ targetResourceId }) => !sameId(targetResourceId, id));
  return {
    network: {
      id,
      location: normalLocation(location),
      tags: tags ?? {},
      resourceGuid: resourceGuid || null,
      provisioningState,
    },
    flowLogs: logs.filter((log) => !below.includes(log)),
    overridingLogs: below.filter(({ enabled }) => enabled).map((log) => log.id),
  };
}
