import type { WorkItem } from '../inbox/work-item.ts';
import { networkKey } from '../records/network-record.ts';
import type { HistoryRecord } from '../records/stories.ts';

/** The partition of a network's story: its changes in `history`, its steps in `steps`. */
export function historyPartition(networkId: string): string {
  return networkKey(networkId).join('|');
}

/** Why a change was made, and for whom: the first of the rows that asked for it. */
export function askedFor([row]: readonly WorkItem[]): Pick<HistoryRecord, 'reason' | 'correlationId' | 'by'> {
  return { reason: row?.reason ?? 'sweep', correlationId: row?.correlationId ?? '', by: row?.by ?? null };
}
