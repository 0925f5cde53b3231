import type { ExecutionStarted, HistoryEvent } from '../engine/history.ts';
import { toMs } from '../engine/instant.ts';
import type { Message, Outgoing } from '../engine/outgoing.ts';
import { type Database, integer, text, textOrNull } from './database.ts';
import { findInstance, type Instance, putInstance } from './instances.ts';

export interface InboxMessage extends Message {
  seq: number;
}

export interface QueuedActivity {
  seq: number;
  instanceId: string;
  executionId: string;
  taskId: number;
  name: string;
  input: string | null;
}

/** What a turn leaves behind, to be stored at once. */
export interface TurnRecord {
  instance: Instance;
  /** The whole history; the first `kept` events of it are stored already. */
  history: readonly HistoryEvent[];
  kept: number;
  consumed: readonly number[];
  /** In order; each with the execution that sent it. */
  outgoing: readonly { executionId: string; sent: Outgoing }[];
}

/** What a stored turn has set going: activities, and the time at which the first of its timers is due. */
export interface TurnStored {
  queued: QueuedActivity[];
  firstTimer: number;
}

/** The durable state: instances, histories, messages on their way, activities to be run. Every change is one transaction. */
export interface Store {
  instance(instanceId: string): Instance | undefined;
  history(instanceId: string): HistoryEvent[];
  inbox(instanceId: string, now: number): InboxMessage[];
  send(message: Message, now: number): void;
  /** A client's start: the instance is there at once, as Pending, in place of an older life. */
  start(instance: Instance, event: ExecutionStarted, now: number): void;
  commitTurn(turn: TurnRecord, now: number): TurnStored;
  hasMessages(instanceId: string, now: number): boolean;
  drop(messages: readonly number[]): void;
  activities(): QueuedActivity[];
  /** Replaces a queued activity by its answer. */
  finishActivity(activity: QueuedActivity, answer: HistoryEvent, now: number): void;
  /** Instances with messages that may be taken, and the time at which the next message may be. */
  due(now: number): { instanceIds: string[]; next: number | null };
  purge(instanceId: string): boolean;
  readonly db: Database;
}

/** The store over an open database. */
export function openStore(db: Database): Store {
  const insertMessage = (message: Message, visibleAt: number) =>
    db.run(
      'INSERT INTO inbox (instance_id, execution_id, visible_at, event) VALUES (?, ?, ?, ?)',
      message.instanceId,
      message.executionId,
      visibleAt,
      JSON.stringify(message.event),
    );
  const insertOutgoing = (instanceId: string, executionId: string, sent: Outgoing, now: number): TurnStored => {
    const queued = sent.activities.map(({ taskId, name, input }) => {
      const seq = db.insert(
        'INSERT INTO activities (instance_id, execution_id, task_id, name, input) VALUES (?, ?, ?, ?, ?)',
        instanceId,
        executionId,
        taskId,
        name,
        input,
      );
      return { seq, instanceId, executionId, taskId, name, input };
    });
    let firstTimer = Number.POSITIVE_INFINITY;
    for (const { event, fireAt } of sent.timers) {
      const visibleAt = now + wholeSeconds(toMs(fireAt) - now);
      insertMessage({ instanceId, executionId, event }, visibleAt);
      firstTimer = Math.min(firstTimer, visibleAt);
    }
    for (const message of sent.messages) insertMessage(message, now);
    return { queued, firstTimer };
  };
  const deleteMessages = (seqs: readonly number[]) => {
    for (const seq of seqs) db.run('DELETE FROM inbox WHERE seq = ?', seq);
  };

  return {
    db,
    instance: (instanceId) => findInstance(db, instanceId),
    history: (instanceId) =>
      db
        .all('SELECT event FROM history WHERE instance_id = ? ORDER BY seq', instanceId)
        .map((row): HistoryEvent => JSON.parse(text(row, 'event'))),
    inbox: (instanceId, now) =>
      db
        .all('SELECT * FROM inbox WHERE instance_id = ? AND visible_at <= ? ORDER BY seq', instanceId, now)
        .map((row) => ({
          seq: integer(row, 'seq'),
          instanceId,
          executionId: textOrNull(row, 'execution_id'),
          event: JSON.parse(text(row, 'event')),
        })),
    hasMessages: (instanceId, now) =>
      db.all('SELECT 1 FROM inbox WHERE instance_id = ? AND visible_at <= ? LIMIT 1', instanceId, now).length > 0,
    send: (message, now) => {
      insertMessage(message, now);
    },
    start: (instance, event, now) =>
      db.transaction(() => {
        putInstance(db, instance);
        db.run('DELETE FROM history WHERE instance_id = ?', instance.instanceId);
        insertMessage({ instanceId: instance.instanceId, executionId: instance.executionId, event }, now);
      }),
    commitTurn: (turn, now) =>
      db.transaction(() => {
        const { instanceId } = turn.instance;
        if (turn.kept === 0) db.run('DELETE FROM history WHERE instance_id = ?', instanceId);
        else db.run('DELETE FROM history WHERE instance_id = ? AND seq >= ?', instanceId, turn.kept);
        turn.history.slice(turn.kept).forEach((event, at) => {
          db.run(
            'INSERT INTO history (instance_id, seq, event) VALUES (?, ?, ?)',
            instanceId,
            turn.kept + at,
            JSON.stringify(event),
          );
        });
        deleteMessages(turn.consumed);
        putInstance(db, turn.instance);
        const stored = turn.outgoing.map(({ executionId, sent }) => insertOutgoing(instanceId, executionId, sent, now));
        return {
          queued: stored.flatMap(({ queued }) => queued),
          firstTimer: Math.min(...stored.map(({ firstTimer }) => firstTimer)),
        };
      }),
    drop: (messages) => db.transaction(() => deleteMessages(messages)),
    activities: () =>
      db.all('SELECT * FROM activities ORDER BY seq').map((row) => ({
        seq: integer(row, 'seq'),
        instanceId: text(row, 'instance_id'),
        executionId: text(row, 'execution_id'),
        taskId: integer(row, 'task_id'),
        name: text(row, 'name'),
        input: textOrNull(row, 'input'),
      })),
    finishActivity: (activity, event, now) =>
      db.transaction(() => {
        const { instanceId, executionId } = activity;
        const removed = db.run('DELETE FROM activities WHERE seq = ?', activity.seq);
        if (removed > 0) insertMessage({ instanceId, executionId, event }, now);
      }),
    due: (now) => {
      const instanceIds = db
        .all('SELECT DISTINCT instance_id FROM inbox WHERE visible_at <= ?', now)
        .map((row) => text(row, 'instance_id'));
      const [row] = db.all('SELECT min(visible_at) AS next FROM inbox WHERE visible_at > ?', now);
      return { instanceIds, next: row?.next == null ? null : integer(row, 'next') };
    },
    purge: (instanceId) =>
      db.transaction(() => {
        for (const table of ['history', 'inbox', 'activities'])
          db.run(`DELETE FROM ${table} WHERE instance_id = ?`, instanceId);
        return db.run('DELETE FROM instances WHERE instance_id = ?', instanceId) > 0;
      }),
  };
}

/** Timers wait whole seconds, the rest is cut: the real engine's queue can do no other, so timers fire up to a second early. */
function wholeSeconds(ms: number): number {
  return Math.max(0, Math.floor(ms / 1000) * 1000);
}
