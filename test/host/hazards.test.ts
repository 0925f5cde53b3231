import { describe, expect, it } from 'vitest';
import { actionHazards, eventNameHazards } from '../../infra/local/host/engine/action-hazards.ts';
import {
  eventRaisedEvent,
  orchestratorStartedEvent,
  startedEvent,
  taskCompletedEvent,
  taskScheduledEvent,
} from '../../infra/local/host/engine/events.ts';
import type { HistoryEvent } from '../../infra/local/host/engine/history.ts';
import { answerOfState } from '../../infra/local/host/engine/state.ts';
import { closeTurn } from '../../infra/local/host/engine/turn.ts';
import { replayTurn } from './support/histories.ts';
import { readRecordings, sampleFunctions } from './support/recording.ts';

// What works but hardly as it was meant, found in recorded turns.

const recordings = readRecordings();
const settings = sampleFunctions();
const hazards = (scenario: string): string[] => {
  const turns = recordings.get(scenario)?.turns ?? [];
  return [...new Set(turns.flatMap((turn) => replayTurn(turn, settings).hazards))];
};

describe('a hazard is told, with what to do instead', () => {
  it.each<[string, ...RegExp[]]>([
    [
      'anyReused',
      /'slow', which is still open, to a second Task.any.* pass only tasks/,
      /has ended, but 'slow' still runs/,
    ],
    ['anyTimerLeft', /a timer is still open .*cancel timers/],
    ['roundsTimerOpen', /a timer is still open .*cancel timers/],
    ['anyThenEnd', /it has ended, but 'slow' still runs .*wait for it/],
    ['allOneFailsCaught', /it has ended, but 'slow' still runs/],
    ['throwsWithAllOpen', /it has ended, but 'slow' still runs/],
    ['activityInputs', /'seen' with a boolean, .*put it into an object/],
    ['inputs', /a field named Timestamp, .*choose another name/],
    ['timerMany', /a timer of less than a second, .*use two seconds or more/],
    ['retryOk', /retries 'failsTimes' after less than a second, .*use two seconds or more/],
    ['subRetryOk', /retries 'childFailsTimes' after less than a second/],
    ['retryTimeout', /retryTimeoutInMilliseconds, and waits for ever .*limit maxNumberOfAttempts/],
    ['terminateParent', /its child 'childSlow' runs on: terminate children too/],
    ['terminateChild', /terminated as a child, .*let the child end by an event/],
    ['eventCase', /waits for an event 'go', and one named 'GO' came, .*with the exact name/],
    ['drainLoses', /events named 'item' wait to be taken, .*before continueAsNew/],
  ])('%s', (scenario, ...expected) => {
    const found = hazards(scenario);
    expect([scenario, found.length]).toEqual([scenario, expected.length]);
    expect(found).toEqual(expect.arrayContaining(expected.map((text) => expect.stringMatching(text))));
  });
  it('events with numbers for names', () => {
    expect(eventNameHazards('0')).toEqual([expect.stringMatching(/number for a name .*name events with words/)]);
    expect(actionHazards({ actionType: 6, externalEventName: '12' }, 0n)).toHaveLength(1);
    expect(eventNameHazards('go1')).toEqual([]);
  });
  it('more than a thousand events, and more than 64 KB of input, output, result or event', () => {
    const instance = { InstanceId: 'i', ExecutionId: 'e' };
    const hazardsOf = (input: string, events: HistoryEvent[], state: object) => {
      const start = { instance, parent: null, name: 'main', version: '', input, generation: 0 };
      const history = [orchestratorStartedEvent(0n), startedEvent(0n, start), ...events];
      const turn = { history, fresh: 0, keepsCustomStatus: false };
      return closeTurn(turn, answerOfState({ isDone: false, actions: [[]], ...state }), null, settings, 0n).hazards;
    };
    const many = (count: number) => Array.from({ length: count }, () => eventRaisedEvent(0n, 'item', null));
    expect(hazardsOf('', many(998), {})).toEqual([]);
    expect(hazardsOf('', many(999), {})).toEqual([expect.stringMatching(/thousand events, .*use sub-orchestrations/)]);

    const fits = 'x'.repeat(64 * 1024);
    const call = (input: string) => ({ actions: [[{ actionType: 0, functionName: 'hello', input }]] });
    const given = [expect.stringMatching(/is given more than 64 KB at once, .*pass a reference/)];
    expect(hazardsOf(fits, [eventRaisedEvent(0n, 'go', fits)], call(fits))).toEqual([]);
    expect(hazardsOf(`${fits}x`, [], {})).toEqual(given);
    expect(hazardsOf('', [eventRaisedEvent(0n, 'go', `${fits}x`)], {})).toEqual(given);
    expect(hazardsOf('', [], call(`${fits}x`))).toEqual([expect.stringMatching(/passes an input of more than 64 KB/)]);
    expect(hazardsOf('', [], { isDone: true, output: fits })).toEqual([expect.stringMatching(/output is larger/)]);
    const history = [taskScheduledEvent(0n, 0, 'hello'), taskCompletedEvent(0n, 5, 0, `${fits}x`)];
    expect(hazardsOf('', history, call(''))).toEqual(given);
  });
  it.each([
    'sequence',
    'fanOut',
    'anyTimerCancelled',
    'subFanOut',
    'rounds',
    'timerInThePast',
    'throwsWithWorkOpen',
    'eventOrTimer',
    'drainSpaced',
    'eventsInOrder',
  ])('%s has none', (scenario) => {
    expect(hazards(scenario)).toEqual([]);
  });
});
