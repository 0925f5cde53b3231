import { networkKey } from '../records/network-record.ts';

/** The partition of a network's story: its changes in `history`, its steps in `steps`. */
export function historyPartition(networkId: string): string {
  return networkKey(networkId).join('|');
}
