import type { z } from 'zod';
import { deadLetterCount } from './dead-letter-box.ts';
import { flowLogIntent } from './flow-log-intent.ts';
import { networkRecord } from './network-record.ts';
import { stateChange } from './state-change.ts';
import { historyRecord, remediationRecord, stepRecord } from './stories.ts';
import { subscriptionRecord } from './subscription-record.ts';
import { sweepRecord } from './sweep-record.ts';
import type { Rows } from './table-rows.ts';

/** Our books: what is known, what was changed, what was done, and what was asked for. */
export type Records = ReturnType<typeof openRecords>;

export const recordTables = [
  'networks',
  'history',
  'steps',
  'remediations',
  'sweeps',
  'subscriptions',
  'deadLetters',
  'changes',
  'intents',
] as const;

/** Opens a table whose records have this schema. `columns`: what is filtered on. */
export type OpenTable = <Schema extends z.ZodType>(
  name: (typeof recordTables)[number],
  schema: Schema,
  columns?: (item: z.infer<Schema>) => Readonly<Record<string, string>>,
) => Rows<z.infer<Schema>>;

export function openRecords(open: OpenTable) {
  return {
    networks: open('networks', networkRecord, ({ state, location }) => ({
      state,
      ...(location ? { location } : {}),
    })),
    history: open('history', historyRecord, ({ at }) => ({ at })),
    steps: open('steps', stepRecord),
    remediations: open('remediations', remediationRecord),
    sweeps: open('sweeps', sweepRecord),
    subscriptions: open('subscriptions', subscriptionRecord),
    changes: open('changes', stateChange),
    intents: open('intents', flowLogIntent),
    deadLetters: open('deadLetters', deadLetterCount),
  };
}
