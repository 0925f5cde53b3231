import { nameOf, sameId } from '../../../shared/resource-id.ts';
import type { EstateNetwork } from '../estate/read.ts';
import type { EnvironmentFile } from '../world/env-file.ts';
import type { ToldNetwork } from './functions-api.ts';

/**
 * What keeps a VNet from being as the example policy wants it, by ARM and by Flowkeeper's own answer; undefined when it is right:
 * one flow log, enabled, to the storage account of its location, with that account's identity; none for an exempt VNet.
 */
export function whatIsWrong(
  network: EstateNetwork,
  told: readonly ToldNetwork[],
  { destinations }: EnvironmentFile,
): string | undefined {
  const answer = told.find(({ id }) => sameId(id, network.id));
  const isExempt = network.network.tags?.['flow-log'] === 'exempt';
  const expected = isExempt ? 'Exempt' : 'Compliant';
  if (answer?.state !== expected) return `GET /api/networks says ${answer?.state ?? 'nothing'}${reasonOf(answer)}`;
  if (isExempt) return network.flowLogs.length === 0 ? undefined : 'it is exempt and has a flow log all the same';
  const [log, ...others] = network.flowLogs;
  if (log === undefined) return 'it has no flow log';
  if (others.length > 0) return `it has ${network.flowLogs.length} flow logs`;
  const { enabled, storageId, identity, provisioningState } = log.flowLog;
  const destination = destinations.find(({ location }) => location === network.location);
  if (destination === undefined) return `the policy has no destination for ${network.location}`;
  if (provisioningState !== 'Succeeded') return `its flow log is ${provisioningState}`;
  if (enabled !== true) return 'its flow log is disabled';
  if (!sameId(storageId ?? '', destination.storageAccountId)) return `its flow log goes to ${nameOf(storageId ?? '')}`;
  const identities = Object.keys(identity?.userAssignedIdentities ?? {});
  const isBound = identities.length === 1 && sameId(identities[0] ?? '', destination.identityId ?? '');
  return isBound ? undefined : `its flow log has the identity ${identities.map(nameOf).join(', ') || 'none'}`;
}

/** ` (parked: ScopeLocked)` */
export function reasonOf(answer: ToldNetwork | undefined): string {
  const parts = [answer?.because, answer?.problem?.code].filter((part) => part != null);
  return parts.length === 0 ? '' : ` (${parts.join(': ')})`;
}
