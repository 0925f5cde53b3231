import { metrics, trace } from '@opentelemetry/api';
import { pino } from 'pino';
import { openManagementGroups } from '../../../shared/azure/management-groups.ts';
import { createTelemetry } from '../../../shared/telemetry/telemetry.ts';
import type { WorkContext } from '../../../shared/work/work-context.ts';
import { createBooks } from '../../simulation/world/books.ts';
import type { simulatedAzure } from '../../steps/support/simulated-azure.ts';

type Azure = ReturnType<typeof simulatedAzure>;

/** What the product works with, on a simulated Azure and books in memory; the policy is in force. */
export async function workOn({ clients, step, now }: Azure, policy: object): Promise<WorkContext> {
  const books = createBooks();
  await books.policies.save(policy, {});
  const clock = () => new Date(now());
  return {
    clients,
    managementGroups: openManagementGroups(clients, clock),
    port: {
      ...books.lanes,
      startRun: async () => 'started',
      runStatus: async () => null,
      terminateRun: async () => {},
    },
    policies: books.policies,
    records: books.records,
    openFlowLogContainer: () => {
      throw new Error('No activity here looks into a storage account.');
    },
    deadLetters: books.deadLetters,
    topic: null,
    telemetry: createTelemetry(metrics.getMeter('test'), trace.getTracer('test'), async () => {}),
    log: pino({ level: 'silent' }),
    now: clock,
    isOurs: step.isOurs,
  };
}
