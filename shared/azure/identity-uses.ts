import type { ArmClients } from './arm-clients.ts';
import { type ArmOutcome, arm } from './arm-outcome.ts';
import { mapOutcome } from './network-reads.ts';

/** A resource that uses the identity, or null where Resource Graph shows none: which is a sign and no proof. One query. */
export async function findUserOf({ graph }: ArmClients, identityId: string): Promise<ArmOutcome<string | null>> {
  const query = `resources | where tostring(identity) contains '${identityId}' | project id`;
  const options = { resultFormat: 'objectArray' as const, top: 1 };
  return mapOutcome(await arm(() => graph.resources({ query, options })), ({ data }) => {
    const [row] = data as readonly { readonly id: string }[];
    return row?.id ?? null;
  });
}
