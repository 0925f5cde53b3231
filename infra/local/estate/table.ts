import { nameOf } from '../../../shared/resource-id.ts';
import { textTable } from '../text-table.ts';
import type { EstateNetwork } from './read.ts';

/** The VNets of the estate with their flow logs, as a table for the screen. */
export function networksTable(networks: readonly EstateNetwork[]): string {
  const rows = networks.flatMap((network) => {
    const { subscriptionName, name, location, flowLogs } = network;
    const place = [subscriptionName, name, location];
    return flowLogs.length === 0
      ? [[...place, 'none']]
      : flowLogs.map((flowLog) => [...place, ...flowLogCells(flowLog)]);
  });
  return textTable(['SUBSCRIPTION', 'VNET', 'LOCATION', 'FLOW LOG', 'STORAGE ACCOUNT', 'IDENTITY'], rows);
}

function flowLogCells({ flowLog }: EstateNetwork['flowLogs'][number]): readonly string[] {
  const state =
    flowLog.provisioningState === 'Succeeded'
      ? flowLog.enabled
        ? 'enabled'
        : 'disabled'
      : (flowLog.provisioningState ?? '?');
  const identities = Object.keys(flowLog.identity?.userAssignedIdentities ?? {}).map(nameOf);
  return [state, nameOf(flowLog.storageId ?? ''), identities.join(', ') || 'none'];
}
