import type { DeadLetter } from '../records/dead-letter-box.ts';
import { acceptEvent } from './accept-event.ts';
import type { WorkContext } from './work-context.ts';

/** So many letters at a time: what is left is read by the next call. */
const atMost = 500;

/**
 * Reads back the events that Event Grid could not deliver, and takes them in as if they had just come. A letter goes once
 * its events are in the inbox; dying in between costs a second look at Azure, and loses nothing.
 */
export async function readDeadLetters(context: WorkContext, appPrincipalId: string | null): Promise<void> {
  const { deadLetters, records, log, now } = context;
  const letters = await deadLetters.list(atMost);
  if (letters.length === 0) return;
  let [readBack, unreadable] = [0, 0];
  for (const letter of letters) {
    const events = await readLetter(context, letter);
    if (!events) {
      unreadable += 1;
      continue;
    }
    for (const event of events) await acceptEvent(context, event, appPrincipalId);
    await deadLetters.remove(letter);
    readBack += events.length;
  }
  const before = await records.deadLetters.get('deadLetters', 'count');
  await records.deadLetters.put('deadLetters', 'count', {
    readBack: (before?.readBack ?? 0) + readBack,
    unreadable: (before?.unreadable ?? 0) + unreadable,
    lastAt: now().toISOString(),
  });
  log.warn({ readBack, unreadable }, 'dead letters read back');
}

/** The events of a letter: Event Grid writes an array of them. Null where it was set aside. */
async function readLetter({ deadLetters, log }: WorkContext, letter: DeadLetter): Promise<readonly unknown[] | null> {
  const text = await deadLetters.read(letter);
  try {
    const content: unknown = JSON.parse(text);
    return Array.isArray(content) ? content : [content];
  } catch {
    log.error({ name: letter.name }, 'dead letter unreadable; it was set aside');
    await deadLetters.setAside(letter, text);
    return null;
  }
}
