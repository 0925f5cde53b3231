import { v5 } from 'uuid';
import { isoTime } from '../core/clock.ts';
import { arrayOf, objectOf, stringOf } from '../core/json.ts';
import { parentOf, parseResourceId } from '../core/resource-id.ts';
import type { ResourceBody } from '../core/resource-type.ts';
import type { Switches } from '../core/switches.ts';
import { macAddressOf } from '../resource-types/network-interfaces.ts';

// Paths and records as Microsoft documents them: learn.microsoft.com/azure/network-watcher/vnet-flow-logs-overview (record) and
// vnet-flow-logs-manage (paths; its sections disagree, and both layouts are in use).

const guids = '5c5f1f43-7f0e-4c53-9d1b-3b0a8f9f6c11';

/** The blob of an hour: one for each MAC address. */
export function blobNameOf(
  flowLog: ResourceBody,
  networkInterface: ResourceBody,
  at: number,
  layout: Switches['flowLogPath'],
): string {
  const [year, month, day, hour] = isoTime(at).split(/[-T:]/);
  const time = `y=${year}/m=${month}/d=${day}/h=${hour}/m=00`;
  return `flowLogResourceID=${placeOf(flowLog, layout)}/${time}/macAddress=${macAddressOf(networkInterface)}/PT1H.json`;
}

function placeOf(flowLog: ResourceBody, layout: Switches['flowLogPath']): string {
  if (layout === 'resourceId') return flowLog.id.toUpperCase();
  const id = parseResourceId(flowLog.id);
  const watcher = parseResourceId(id === undefined ? '' : (parentOf(id) ?? ''));
  return `/${id?.subscriptionId}_${id?.resourceGroup}/${watcher?.name}_${flowLog.name}`.toUpperCase();
}

/** What is recorded of a minute: one connection to the outside, told as often as the log's record types say. */
export function recordOf(flowLog: ResourceBody, networkInterface: ResourceBody, at: number) {
  const { targetResourceId, recordTypes } = flowLog.properties;
  const wanted = stringOf(recordTypes)?.split(',') ?? ['B', 'C', 'E', 'D'];
  const connection = `${addressOf(networkInterface)},192.0.2.180,23956,443,6,O`;
  const counts = { B: '0,0,0,0', C: '12,1840,11,2572', E: '3,402,2,310' };
  const flowTuples = Object.entries(counts)
    .filter(([state]) => wanted.includes(state))
    .map(([state, sums], index) => `${at - 60_000 + index * 1_000},${connection},${state},NX,${sums}`);
  return {
    time: isoTime(at),
    flowLogVersion: 4,
    flowLogGUID: v5(flowLog.id.toLowerCase(), guids),
    macAddress: macAddressOf(networkInterface),
    category: 'FlowLogFlowEvent',
    flowLogResourceID: flowLog.id.toUpperCase(),
    targetResourceID: targetResourceId,
    operationName: 'FlowLogFlowEvent',
    flowRecords: {
      flows: [
        {
          aclID: v5(networkInterface.id.toLowerCase(), guids),
          flowGroups: [{ rule: 'DefaultRule_AllowInternetOutBound', flowTuples }],
        },
      ],
    },
  };
}

function addressOf({ properties }: ResourceBody): string {
  const [first] = arrayOf(properties.ipConfigurations);
  return stringOf(objectOf(objectOf(first).properties).privateIPAddress) ?? '10.0.0.4';
}
