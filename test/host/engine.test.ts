import { describe, expect, it } from 'vitest';
import { activityInputText, jsonText, numberText } from '../../infra/local/host/engine/dotnet-text.ts';
import {
  eventRaisedEvent,
  orchestratorCompletedEvent,
  orchestratorStartedEvent,
  startedEvent,
  taskCompletedEvent,
  taskScheduledEvent,
  terminatedEvent,
  timerCreatedEvent,
  timerFiredEvent,
} from '../../infra/local/host/engine/events.ts';
import type { HistoryEvent } from '../../infra/local/host/engine/history.ts';
import { formatInstant, parseInstant } from '../../infra/local/host/engine/instant.ts';
import { payloadText } from '../../infra/local/host/engine/payload.ts';
import { receive } from '../../infra/local/host/engine/receive.ts';
import { answerOfState } from '../../infra/local/host/engine/state.ts';
import { closeTurn, openTurn } from '../../infra/local/host/engine/turn.ts';
import { versionMayRun } from '../../infra/local/host/engine/version.ts';
import { firstJsonValue } from '../../infra/local/host/management/first-json-value.ts';

// What the recordings do not show.

const now = parseInstant('2026-11-23T05:00:00.1234567Z');
const settings = {
  orchestrators: new Set(['main']),
  activities: new Set(['work']),
  entities: new Set(['counter']),
  defaultVersion: null,
};
const start = (executionId = 'e1') =>
  startedEvent(now, {
    instance: { InstanceId: 'i', ExecutionId: executionId },
    parent: null,
    name: 'main',
    version: '',
    input: null,
    generation: 0,
  });
const past = (...events: HistoryEvent[]): HistoryEvent[] => [
  orchestratorStartedEvent(now),
  start(),
  ...events,
  orchestratorCompletedEvent(now),
];
const turn = (history: HistoryEvent[], messages: HistoryEvent[], actions: unknown[], isDone = false) =>
  closeTurn(
    openTurn(history, messages, now),
    answerOfState({ isDone, actions: [actions], schemaVersion: 3 }),
    null,
    settings,
    now,
  );
const work = { actionType: 0, functionName: 'work' };

describe('a turn', () => {
  it('fails the orchestration when something unsupported is asked for later on', () => {
    const entity = { actionType: 7, instanceId: '@counter@k', operation: 'get' };
    const { status, output } = turn(
      past(taskScheduledEvent(now, 0, 'work')),
      [taskCompletedEvent(now, 5, 0, null)],
      [work, entity],
    );
    expect([status, output]).toEqual([
      'Failed',
      expect.stringMatching(/^Orchestrator function 'main' failed: Durable entities/),
    ]);
  });
  it('carries over the events that came after the decision to continue as new, and no others', () => {
    const history = past(timerCreatedEvent(now, 0, now));
    const messages = [
      eventRaisedEvent(now, 'early', '1'),
      timerFiredEvent(now, 0, now),
      eventRaisedEvent(now, 'late', '2'),
    ];
    const result = turn(
      history,
      messages,
      [
        { actionType: 5, fireAt: formatInstant(now), isCanceled: false },
        { actionType: 4, input: 7 },
      ],
      true,
    );
    expect(result.next?.history.flatMap((event) => ('Name' in event ? [event.Name] : []))).toEqual(['main', 'late']);
  });
  it('keeps what was decided in the turn that terminates, and ends', () => {
    const messages = [taskCompletedEvent(now, 5, 0, null), terminatedEvent(now, 'enough')];
    const { status, output, outgoing } = turn(past(taskScheduledEvent(now, 0, 'work')), messages, [work, work]);
    expect([status, output, outgoing.activities.length]).toEqual(['Terminated', 'enough', 1]);
  });
  it('refuses a child with the id of the parent or of its parent, in any case, and hangs', () => {
    const parent = {
      Name: 'main',
      OrchestrationInstance: { InstanceId: 'Top', ExecutionId: 'e0' },
      TaskScheduleId: 0,
      Version: '',
    };
    const messages = [{ ...start(), ParentInstance: parent }];
    for (const instanceId of ['I', 'top']) {
      const { status, outgoing, stuck } = turn([], messages, [{ actionType: 2, functionName: 'main', instanceId }]);
      expect([status, outgoing.messages, stuck]).toEqual([
        'Running',
        [],
        [expect.stringMatching(/cannot have the id of its parent/)],
      ]);
    }
    expect(
      turn([], messages, [{ actionType: 2, functionName: 'main', instanceId: 'other' }]).outgoing.messages.length,
    ).toBe(1);
  });
  it('has no payload where the input is more than JSON: the function cannot be called', () => {
    expect(payloadText([{ ...start(), Input: '{"a":1} and more' }])).toBe(null);
    expect(payloadText([{ ...start(), Input: '' }])).toBe(null);
    expect(payloadText([{ ...start(), Input: '{a:1}' }])).toContain('"a": 1');
  });
  it('fails for an answer that is no state', () => {
    expect(answerOfState('text')).toEqual({ failure: expect.stringContaining('something else than a state') });
  });
});

describe('messages', () => {
  const history = past(taskScheduledEvent(now, 0, 'work'));
  const message = (executionId: string | null, event: HistoryEvent) => ({ executionId, event });

  it('of another execution, a second start of the same one, and those for nobody are dropped', () => {
    const inbox = [message('e0', taskCompletedEvent(now, 5, 0, null)), message('e1', start('e1'))];
    expect(receive(history, inbox).messages).toEqual([]);
    expect(receive([], [message(null, eventRaisedEvent(now, 'go', null))]).messages).toEqual([]);
  });
  it('that start another execution take the instance over, with all that comes after', () => {
    const inbox = [
      message('e1', taskCompletedEvent(now, 5, 0, null)),
      message('e2', start('e2')),
      message(null, eventRaisedEvent(now, 'go', null)),
    ];
    const received = receive(history, inbox);
    expect(received.history).toEqual([]);
    expect(received.messages.map(({ EventType }) => EventType)).toEqual([0, 15]);
  });
});

describe('texts', () => {
  it('times keep seven decimals, without trailing zeros', () => {
    for (const iso of [
      '2026-11-23T05:00:00.1234567Z',
      '2026-11-23T05:00:00.12Z',
      '2026-11-23T05:00:00Z',
      '1970-01-01T00:00:00Z',
    ]) {
      expect(formatInstant(parseInstant(iso))).toBe(iso);
    }
    expect(formatInstant(parseInstant('2026-11-23T05:00:00.500Z'))).toBe('2026-11-23T05:00:00.5Z');
    expect(() => parseInstant('soon')).toThrow('not a time');
  });
  it('numbers are written as .NET writes them', () => {
    expect([1e21, 1e-7, 0.00001, 0.0001, -1.5, 0, 42, 1.5e300].map(numberText)).toEqual([
      '1E+21',
      '1E-07',
      '1E-05',
      '0.0001',
      '-1.5',
      '0',
      '42',
      '1.5E+300',
    ]);
    expect(jsonText({ a: 1e21, b: 'about 1e+21, 0.00001', c: [1e-7] })).toBe(
      '{"a":1E+21,"b":"about 1e+21, 0.00001","c":[1E-07]}',
    );
    expect(activityInputText(false)).toBe('False');
  });
  it('of JSON, the first value counts and a lenient reader reads it', () => {
    expect(firstJsonValue('{"a":"}"} and more')).toEqual({ a: '}' });
    expect(firstJsonValue("['x', 1] tail")).toEqual(['x', 1]);
    expect(firstJsonValue(' "a" "b"')).toBe('a');
    expect(() => firstJsonValue('')).toThrow();
    expect(() => firstJsonValue('{bad')).toThrow();
  });
  it('versions are compared by their numbers', () => {
    const cases = [
      versionMayRun('1.0.0', '1.0.0', 'CurrentOrOlder'),
      versionMayRun('1.10', '1.9', 'CurrentOrOlder'),
      versionMayRun('', '1.0', 'CurrentOrOlder'),
      versionMayRun('2', null, 'CurrentOrOlder'),
      versionMayRun('1.0', '1.1', 'Strict'),
      versionMayRun('9', '1', 'None'),
    ];
    expect(cases).toEqual([true, false, true, true, false, true]);
  });
});
