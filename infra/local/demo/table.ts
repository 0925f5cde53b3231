import { nameOf, sameId } from '../../../shared/resource-id.ts';
import type { EstateNetwork } from '../estate/read.ts';
import { textTable } from '../narrator/text-table.ts';
import type { EnvironmentFile } from '../world/env-file.ts';
import type { ToldNetwork } from './functions-api.ts';
import { reasonOf, whatIsWrong } from './judge.ts';

/** All VNets with their flow logs, what Flowkeeper says of them, and whether that is as the policy wants it. */
export function verdictTable(
  networks: readonly EstateNetwork[],
  told: readonly ToldNetwork[],
  environment: EnvironmentFile,
): string {
  const rows = networks.map((network) => {
    const answer = told.find(({ id }) => sameId(id, network.id));
    const log = network.flowLogs[0]?.flowLog;
    const identity = Object.keys(log?.identity?.userAssignedIdentities ?? {})[0];
    return [
      network.name,
      network.location,
      log === undefined ? 'none' : log.enabled ? 'enabled' : 'disabled',
      log === undefined ? '' : nameOf(log.storageId ?? ''),
      identity === undefined ? '' : nameOf(identity),
      `${answer?.state ?? 'unknown'}${answer?.state === 'Compliant' ? '' : reasonOf(answer)}`,
      whatIsWrong(network, told, environment) === undefined ? 'right' : 'WRONG',
    ];
  });
  return textTable(['VNET', 'LOCATION', 'FLOW LOG', 'STORAGE ACCOUNT', 'IDENTITY', 'STATE', 'VERDICT'], rows);
}
