import type { TableClient } from '@azure/data-tables';
import { deadLetterCount } from './dead-letter-box.ts';
import { networkRecord } from './network-record.ts';
import { stateChange } from './state-change.ts';
import { historyRecord, remediationRecord, stepRecord } from './stories.ts';
import { sweepRecord } from './sweep-record.ts';
import { tableRows } from './table-rows.ts';

/** Our books: what is known, what was changed, what was done, and what was asked for. */
export type Records = ReturnType<typeof openRecords>;

export const recordTables = [
  'networks',
  'history',
  'steps',
  'remediations',
  'sweeps',
  'deadLetters',
  'changes',
] as const;

export function openRecords(table: (name: (typeof recordTables)[number]) => TableClient) {
  return {
    networks: tableRows(table('networks'), networkRecord, ({ state, location }) => ({
      state,
      ...(location ? { location } : {}),
    })),
    history: tableRows(table('history'), historyRecord),
    steps: tableRows(table('steps'), stepRecord),
    remediations: tableRows(table('remediations'), remediationRecord),
    sweeps: tableRows(table('sweeps'), sweepRecord),
    changes: tableRows(table('changes'), stateChange),
    deadLetters: tableRows(table('deadLetters'), deadLetterCount),
  };
}
