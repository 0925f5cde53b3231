import { z } from 'zod';
import type { ArmClients } from './arm-clients.ts';
import { type ArmOutcome, arm, said } from './arm-outcome.ts';

/** Resource Graph takes a query of a few hundred ids with ease. */
const perQuery = 200;

const rows = z.array(z.object({ networkId: z.string() }));

/**
 * Those of the networks (ids in lower case) in which a virtual machine runs, as Resource Graph shows it: seconds to minutes
 * old. Machines of uniform scale sets have no network interface of their own there, and are not seen.
 */
export async function networksWithMachines(
  clients: ArmClients,
  networkIds: readonly string[],
): Promise<ArmOutcome<ReadonlySet<string>>> {
  const found = new Set<string>();
  for (let start = 0; start < networkIds.length; start += perQuery) {
    const query = queryFor(networkIds.slice(start, start + perQuery));
    const answer = await arm(() =>
      clients.graph.resources({ query, options: { top: 1000, resultFormat: 'objectArray' } }),
    );
    if (!answer.ok) return answer;
    for (const { networkId } of rows.parse(answer.value.data)) found.add(networkId);
  }
  return said(found);
}

function queryFor(networkIds: readonly string[]): string {
  const quoted = networkIds.map((id) => `'${id.replaceAll(/['\\]/g, '\\$&')}'`);
  return `resources
| where type =~ 'microsoft.network/networkinterfaces'
| extend machineId = tolower(tostring(properties.virtualMachine.id)), subnetId = tolower(tostring(properties.ipConfigurations[0].properties.subnet.id))
| extend networkId = tostring(split(subnetId, '/subnets/')[0])
| where networkId in (${quoted.join(', ')})
| join kind=inner (
    resources
    | where type =~ 'microsoft.compute/virtualmachines'
    | where tostring(properties.extended.instanceView.powerState.code) =~ 'PowerState/running'
    | project machineId = tolower(id)
  ) on machineId
| summarize machines = count() by networkId
| order by networkId asc`;
}
