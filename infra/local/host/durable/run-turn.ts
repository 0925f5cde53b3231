import type { InvocationResult } from '../app/protocol.ts';
import type { Clock } from '../clock.ts';
import { EventType, executionStarted } from '../engine/history.ts';
import { fromMs } from '../engine/instant.ts';
import type { Outgoing } from '../engine/outgoing.ts';
import { payloadText } from '../engine/payload.ts';
import { receive } from '../engine/receive.ts';
import { type EngineSettings, findName, unknownFunction } from '../engine/settings.ts';
import { type Answer, answerOfFailure, answerOfText } from '../engine/state.ts';
import { closeTurn, type OpenTurn, openTurn, type TurnResult } from '../engine/turn.ts';
import { type VersionMatch, versionMayRun } from '../engine/version.ts';
import type { InboxMessage, Store, TurnRecord, TurnStored } from './store.ts';

export interface TurnServices {
  store: Store;
  clock: Clock;
  settings: () => EngineSettings;
  versionMatch: VersionMatch;
  /** Calls an orchestrator function with the payload; rejects when the app's process is gone. */
  callOrchestrator: (name: string, payload: string) => Promise<InvocationResult>;
  warn: (instanceId: string, reason: string) => void;
  /** Told of what an orchestrator function does that works, but hardly as it was meant. */
  hazard: (functionName: string, what: string) => void;
}

export type TurnOutcome =
  | ({ kind: 'stored'; sent: Outgoing[] } & TurnStored)
  | { kind: 'nothing' }
  | { kind: 'put back' };

/**
 * One work item of an instance: takes its messages, asks its function, stores what follows in one transaction. Until
 * then nothing has happened: a crash repeats it as a whole.
 */
export async function runTurn(services: TurnServices, instanceId: string): Promise<TurnOutcome> {
  const { store, clock } = services;
  const inbox = store.inbox(instanceId, clock.now());
  if (inbox.length === 0) return { kind: 'nothing' };
  const { history, messages, takenOverBy } = receive(store.history(instanceId), inbox);
  if (takenOverBy) {
    services.hazard(
      takenOverBy.Name,
      `it has given a child the id '${instanceId}' of an instance that was still running, which is replaced and never ends: leave the id out, or choose one that nobody else can have`,
    );
  }
  if (messages.length === 0) {
    store.drop(inbox.map(({ seq }) => seq));
    return { kind: 'nothing' };
  }
  let turn = openTurn(history, messages, fromMs(clock.now()));
  if (isHeldBack(services, turn)) return { kind: 'put back' };

  const sent: TurnRecord['outgoing'][number][] = [];
  let customStatus = store.instance(instanceId)?.customStatus ?? null;
  for (let kept = history.length; ; kept = 0) {
    const answer = await answerOf(services, turn);
    const result = closeTurn(turn, answer, customStatus, services.settings(), fromMs(clock.now()));
    const start = executionStarted(turn.history);
    sent.push({ executionId: start?.OrchestrationInstance.ExecutionId ?? '', sent: result.outgoing });
    customStatus = result.customStatus;
    for (const reason of result.stuck) services.warn(instanceId, reason);
    for (const what of result.hazards) services.hazard(start?.Name ?? '', what);
    if (!result.next) {
      const stored = commit(services, result, kept, inbox, sent);
      return { kind: 'stored', sent: sent.map((one) => one.sent), ...stored };
    }
    turn = result.next;
  }
}

/** Above the app's version nothing runs; only a termination gets through. */
function isHeldBack({ settings, versionMatch, warn }: TurnServices, turn: OpenTurn): boolean {
  const start = executionStarted(turn.history);
  if (!start || versionMayRun(start.Version, settings().defaultVersion, versionMatch)) return false;
  if (turn.history.some((event) => event.EventType === EventType.ExecutionTerminated)) return false;
  warn(
    start.OrchestrationInstance.InstanceId,
    `its version ${start.Version} is not one that this app runs (defaultVersion ${settings().defaultVersion}): deploy a newer app, or terminate it`,
  );
  return true;
}

async function answerOf(services: TurnServices, turn: OpenTurn): Promise<Answer | null> {
  const start = executionStarted(turn.history);
  if (!start) throw new Error('A turn needs an ExecutionStarted event.');
  const settings = services.settings();
  if (!versionMayRun(start.Version, settings.defaultVersion, services.versionMatch)) return null;
  const name = findName(settings.orchestrators, start.Name);
  if (!name) return { failure: unknownFunction(start.Name, 'orchestrator', settings.orchestrators) };
  const payload = payloadText(turn.history);
  // A start by a POST without any body, or with more in it than JSON.
  if (payload === null)
    return { failure: `One or more errors occurred. (Exception while executing function: ${start.Name})` };
  const result = await services.callOrchestrator(name, payload);
  if (!result.ok) return answerOfFailure(result.message);
  const { returnValue } = result;
  if (returnValue && 'json' in returnValue) return answerOfText(returnValue.json);
  if (returnValue && 'string' in returnValue) return answerOfText(returnValue.string);
  return { failure: 'it returned nothing: register it with df.app.orchestration' };
}

function commit(
  { store, clock }: TurnServices,
  result: TurnResult,
  kept: number,
  inbox: readonly InboxMessage[],
  outgoing: TurnRecord['outgoing'],
): TurnStored {
  const start = executionStarted(result.history);
  if (!start) throw new Error('A turn needs an ExecutionStarted event.');
  const now = clock.now();
  const record: TurnRecord = {
    instance: {
      instanceId: start.OrchestrationInstance.InstanceId,
      executionId: start.OrchestrationInstance.ExecutionId,
      name: start.Name,
      version: start.Version,
      status: result.status,
      input: start.Input,
      output: result.output,
      customStatus: result.customStatus,
      generation: start.Generation,
      createdAt: Date.parse(start.Timestamp),
      updatedAt: now,
    },
    history: result.history,
    kept,
    consumed: inbox.map(({ seq }) => seq),
    outgoing,
  };
  return store.commitTurn(record, now);
}
