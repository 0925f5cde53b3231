import { describe, expect, it } from 'vitest';
import { eventNameHazard } from '../../infra/local/host/engine/hazards.ts';
import { replayTurn } from './support/histories.ts';
import { readRecordings, sampleFunctions } from './support/recording.ts';

// What works but hardly as it was meant, found in recorded turns.

const recordings = readRecordings();
const hazards = (scenario: string): string[] => {
  const turns = recordings.get(scenario)?.turns ?? [];
  return [...new Set(turns.flatMap((turn) => replayTurn(turn, sampleFunctions()).hazards))];
};

describe('a hazard is told, with what to do instead', () => {
  it.each([
    ['anyTimerLeft', /a timer is still open .*cancel timers/],
    ['roundsTimerOpen', /a timer is still open .*cancel timers/],
    ['activityInputs', /'seen' with a boolean, .*put it into an object/],
    ['timerMany', /a timer of less than a second, .*use two seconds or more/],
    ['retryOk', /retries 'failsTimes' after less than a second, .*use a second or more/],
    ['subRetryOk', /retries 'childFailsTimes' after less than a second/],
  ])('%s', (scenario, expected) => {
    expect(hazards(scenario)).toEqual([expect.stringMatching(expected)]);
  });
  it('events with numbers for names', () => {
    expect(eventNameHazard('0')).toMatch(/number for a name .*name events with words/);
    expect(eventNameHazard('go1')).toBe(null);
  });
  it.each([
    'sequence',
    'fanOut',
    'anyTimerCancelled',
    'allOneFailsCaught',
    'subFanOut',
    'rounds',
    'timerInThePast',
    'throwsWithWorkOpen',
    'eventOrTimer',
  ])('%s has none', (scenario) => {
    expect(hazards(scenario)).toEqual([]);
  });
});
