import { z } from 'zod';
import { normalLocation, requireResourceId } from '../resource-id.ts';
import type { ArmClients } from './arm-clients.ts';
import { type ArmOutcome, armFind } from './arm-outcome.ts';
import type { Workspace } from './flow-log-body.ts';
import { mapOutcome } from './network-reads.ts';

const apiVersion = '2022-10-01';
const properties = z.looseObject({ customerId: z.string() });

/** A Log Analytics workspace, or null where there is none. One request. */
export async function readWorkspace(
  clients: ArmClients,
  workspaceResourceId: string,
): Promise<ArmOutcome<Workspace | null>> {
  const { resources } = clients.resources(requireResourceId(workspaceResourceId).subscriptionId);
  return mapOutcome(
    // The SDK puts the id behind its endpoint, slash and all.
    await armFind(() => resources.getById(workspaceResourceId.slice(1), apiVersion)),
    (found) =>
      found && {
        workspaceId: properties.parse(found.properties).customerId,
        workspaceRegion: normalLocation(found.location ?? ''),
      },
  );
}
