import { isOfType, resourceTypes, sameId } from '../resource-id.ts';

/** As much of a flow log as says whose it is. */
type Log = {
  readonly id: string;
  readonly targetResourceId: string;
  readonly enabled: boolean;
  readonly tags: Readonly<Record<string, string>>;
};

/** The logs that have the network as target, the one that serves it first: ours where there are several, then by id. */
export function logsOf<T extends Log>(
  networkId: string,
  logs: readonly T[],
  isOurs: (tags: Log['tags']) => boolean,
): readonly T[] {
  const rank = ({ id, tags }: T) => `${isOurs(tags) ? 0 : 1} ${id.toLowerCase()}`;
  return logs
    .filter(({ targetResourceId }) => sameId(targetResourceId, networkId))
    .toSorted((one, other) => (rank(one) < rank(other) ? -1 : 1));
}

/**
 * The logs that record in the network's place: on its subnets, and on network interfaces (`known` names those, since an
 * interface does not say its network). Azure: an interface's log wins over its subnet's, that over the network's.
 */
export function overridingLogs<T extends Log>(
  networkId: string,
  logs: readonly T[],
  known: readonly string[],
): readonly T[] {
  const subnets = `${networkId}/subnets/`.toLowerCase();
  return logs.filter(
    ({ id, targetResourceId, enabled }) =>
      enabled &&
      (targetResourceId.toLowerCase().startsWith(subnets) ||
        (isOfType(targetResourceId, resourceTypes.networkInterface) && known.some((one) => sameId(one, id)))),
  );
}
