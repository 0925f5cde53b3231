import { nameOf } from '../../../shared/resource-id.ts';
import { textTable } from '../narrator/text-table.ts';
import type { EstateFlowLog, EstateNetwork } from './read.ts';

/** The VNets of the estate with their flow logs, and the flow logs of VNets that are gone, as a table for the screen. */
export function estateTable(networks: readonly EstateNetwork[], orphans: readonly EstateFlowLog[]): string {
  const rows = networks.flatMap((network) => {
    const { subscriptionName, name, location, flowLogs } = network;
    const place = [subscriptionName, name, location];
    return flowLogs.length === 0
      ? [[...place, 'none']]
      : flowLogs.map((flowLog) => [...place, ...flowLogCells(flowLog)]);
  });
  const left = orphans.map((orphan) => {
    return [
      '',
      `(gone) ${nameOf(orphan.flowLog.targetResourceId ?? '')}`,
      orphan.flowLog.location ?? '',
      ...flowLogCells(orphan),
    ];
  });
  return textTable(['SUBSCRIPTION', 'VNET', 'LOCATION', 'FLOW LOG', 'STORAGE ACCOUNT', 'IDENTITY'], [...rows, ...left]);
}

function flowLogCells({ flowLog }: EstateFlowLog): readonly string[] {
  const state =
    flowLog.provisioningState === 'Succeeded'
      ? flowLog.enabled
        ? 'enabled'
        : 'disabled'
      : (flowLog.provisioningState ?? '?');
  const identities = Object.keys(flowLog.identity?.userAssignedIdentities ?? {}).map(nameOf);
  return [state, nameOf(flowLog.storageId ?? ''), identities.join(', ') || 'none'];
}
