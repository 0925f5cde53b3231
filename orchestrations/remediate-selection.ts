import type { OrchestrationContext } from 'durable-functions';
import type { Selection } from '../shared/records/selection.ts';
import type { NetworksByState, PageMark } from '../shared/work/select-page.ts';
import { after, call, type Durable } from './call.ts';
import type { BookName, Books } from './contracts.ts';

/**
 * Puts the networks of a selection into the inbox, a page of Resource Graph an activity: the sweep over the whole
 * estate, or what a person asked for by a filter. A sweep also looks whether the flow logs of the page arrive. A run that
 * dies goes on at its page.
 */
export function* remediateSelection(ctx: OrchestrationContext): Durable<string> {
  const selection = ctx.df.getInput<Selection>();
  if (!selection) return 'started without a selection';
  let selected = 0;
  let networksByState: NetworksByState = {};
  let mark: PageMark = { skipToken: null, after: '' };
  do {
    const page = yield* patiently(ctx, 'selectPage', { selection, ...mark }, ({ waitSeconds }) => waitSeconds ?? null);
    if (selection.kind === 'sweep') {
      const stretch = { cause: `sweep ${selection.startedAt}`, after: mark.after, upTo: page.after };
      yield* patiently(ctx, 'proveDelivery', stretch, (seconds) => seconds);
    }
    selected += page.selected;
    networksByState = sum(networksByState, page.networksByState);
    mark = { skipToken: page.skipToken, after: page.after };
  } while (mark.skipToken);
  yield* call(ctx, 'finishSelection', { selection, selected, networksByState });
  return `${selected} networks selected`;
}

/** Resource Graph may be throttled for a while; a sweep waits and goes on at its page. `waitOf`: for how long, or null. */
function* patiently<Name extends BookName>(
  ctx: OrchestrationContext,
  name: Name,
  input: Books[Name]['input'],
  waitOf: (answer: Books[Name]['output']) => number | null,
): Durable<Books[Name]['output']> {
  for (let waits = 0; ; waits++) {
    const answer = yield* call(ctx, name, input);
    const seconds = waitOf(answer);
    if (seconds === null) return answer;
    if (waits === mostWaits) throw new Error(`Resource Graph did not answer ${mostWaits} times.`);
    yield ctx.df.createTimer(after(ctx, seconds + 1));
  }
}

const mostWaits = 40;

function sum(one: NetworksByState, other: NetworksByState): NetworksByState {
  const states = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...states].map((state) => [state, (one[state] ?? 0) + (other[state] ?? 0)]));
}
