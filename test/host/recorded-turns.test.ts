import { afterAll, describe, expect, it } from 'vitest';
import { outputValue } from '../../infra/local/host/durable/history-view.ts';
import { EventType, type HistoryEvent } from '../../infra/local/host/engine/history.ts';
import { payloadText } from '../../infra/local/host/engine/payload.ts';
import type { TurnResult } from '../../infra/local/host/engine/turn.ts';
import { executionOf, lastIndex, replayTurn, withoutTimestamps } from './support/histories.ts';
import { endOf, readRecordings, sampleFunctions, type Turn } from './support/recording.ts';

// The recorded payloads and answers, put to the pure turn without any app: the same history must follow.

const settings = sampleFunctions();
const compared = { turns: 0, endings: 0, payloads: 0 };

/** What the embedded host does not do: it is refused, see deviations.ts. */
const UNSUPPORTED = new Set(['entities', 'locks', 'rewind', 'rewindSub']);
/** Turns 5 to 82 are left out in the file, so one history does not go on where the other ends. */
const GAPS = new Map([['longTimerAndShort', 3]]);
/** The recorded answer is cut short in the file, so its size is no longer the real one. */
const CUT = new Set(['statusTooBig']);

const replayed = (turn: Turn): TurnResult => replayTurn(turn, settings);

describe('a recorded turn, decided again', () => {
  for (const { scenario, turns, final } of readRecordings().values()) {
    if (UNSUPPORTED.has(scenario) || turns.length === 0) continue;
    it(`${scenario}: leads to the same history`, () => {
      turns.forEach((turn, at) => {
        const { instanceId, history } = turn.payload;
        const text = (turn.payloadText ?? JSON.stringify(turn.payload, null, 2)).replaceAll('\r\n', '\n');
        expect(payloadText(history)).toBe(text);
        compared.payloads++;

        const result = replayed(turn);
        const later = turns.slice(at + 1);
        const next = later.find((one) => executionOf(one) === executionOf(turn));
        const nextLife = later.find((one) => one.payload.instanceId === instanceId);
        if (GAPS.get(scenario) === at) return;
        if (next) {
          const end = lastIndex(next.payload.history, EventType.OrchestratorStarted);
          expect(withoutTimestamps(result.history)).toEqual(withoutTimestamps(next.payload.history.slice(0, end)));
          compared.turns++;
        } else if (result.next) {
          expect(withoutTimestamps(result.next.history)).toEqual(withoutTimestamps(nextLife?.payload.history ?? []));
          compared.turns++;
        } else if (final[instanceId] && !nextLife && !CUT.has(scenario) && !endedByDriver(history)) {
          const { runtimeStatus, output } = endOf(final[instanceId]);
          expect([result.status, outputValue(result.output)]).toEqual([runtimeStatus, output]);
          compared.endings++;
        }
      });
    });
  }

  afterAll(() => {
    console.log(
      `recorded turns decided again: ${compared.turns} histories, ${compared.endings} endings, ${compared.payloads} payload texts`,
    );
    expect(compared.turns).toBeGreaterThan(260);
    expect(compared.endings).toBeGreaterThan(110);
  });
});

/** Scenarios that hang were terminated after they had been looked at. */
function endedByDriver(history: readonly HistoryEvent[]): boolean {
  return history.some(
    (event) =>
      event.EventType === EventType.ExecutionTerminated && /watched long enough|recorded/.test(event.Input ?? ''),
  );
}

describe('an instance that can never go on', () => {
  const first = (scenario: string) => readRecordings().get(scenario)?.turns ?? [];
  const cases: [string, number, RegExp][] = [
    ['unknownActivity', 0, /no activity 'nobodyHome'/],
    ['unknownSub', 0, /no orchestrator 'nobodyHome'/],
    ['subOwnId', 0, /id of its parent/],
    ['entityUnknown', 0, /no entity 'nobodyhome'/],
    ['throwsString', 0, /without a message/],
    ['retryTimeout', 3, /retryTimeout has passed/],
    ['retryNonRetriable', 1, /not retriable/],
  ];
  it.each(cases)('%s: is recognised, with the reason', (scenario, at, reason) => {
    const turn = first(scenario)[at];
    expect(turn && replayed(turn).stuck.join()).toMatch(reason);
  });
  it('is not seen where the real engine goes on', () => {
    const known = new Set(cases.map(([scenario]) => scenario));
    for (const { scenario, turns } of readRecordings().values()) {
      if (UNSUPPORTED.has(scenario) || known.has(scenario) || scenario === 'eventCase') continue;
      for (const turn of turns) expect([scenario, replayed(turn).stuck]).toEqual([scenario, []]);
    }
  });
});
