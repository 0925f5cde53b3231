import type { WorkContext } from './work-context.ts';

/** An event is a few KB at most, and Event Grid takes a megabyte in one request. */
const perRequest = 100;

/** Empties the outbox into the topic, oldest first. What Event Grid does not take stays for the next call. */
export async function tellChanges({
  records,
  topic,
  log,
}: Pick<WorkContext, 'records' | 'topic' | 'log'>): Promise<void> {
  if (!topic) return;
  const untold = await Array.fromAsync(records.changes.list({ partitionKey: 'untold' }));
  untold.sort((one, other) => one.at.localeCompare(other.at));
  for (let start = 0; start < untold.length; start += perRequest) {
    const some = untold.slice(start, start + perRequest);
    try {
      await topic.send(some);
    } catch (error) {
      log.error({ untold: untold.length - start, message: String(error) }, 'changes of state not told yet');
      return;
    }
    for (const { id } of some) await records.changes.remove('untold', id);
  }
}
