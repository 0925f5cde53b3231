import type { OrchestrationContext } from 'durable-functions';
import type { Selection } from '../shared/records/selection.ts';
import type { NetworksByState, Page, PageMark } from '../shared/work/select-page.ts';
import { after, call, type Durable } from './call.ts';

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
    const page = yield* pageAt(ctx, selection, mark);
    if (selection.kind === 'sweep') {
      const cause = `sweep ${selection.startedAt}`;
      yield* call(ctx, 'proveDelivery', { cause, after: mark.after, upTo: page.after });
    }
    selected += page.selected;
    networksByState = sum(networksByState, page.networksByState);
    mark = { skipToken: page.skipToken, after: page.after };
  } while (mark.skipToken);
  yield* call(ctx, 'finishSelection', { selection, selected, networksByState });
  return `${selected} networks selected`;
}

/** Resource Graph may be throttled for a while; a sweep waits and goes on at its page. */
function* pageAt(ctx: OrchestrationContext, selection: Selection, mark: PageMark): Durable<Page> {
  for (let waits = 0; ; waits++) {
    const page = yield* call(ctx, 'selectPage', { selection, ...mark });
    if (page.waitSeconds === undefined) return page;
    if (waits === mostWaits) throw new Error(`Resource Graph did not answer ${mostWaits} times.`);
    yield ctx.df.createTimer(after(ctx, page.waitSeconds + 1));
  }
}

const mostWaits = 40;

function sum(one: NetworksByState, other: NetworksByState): NetworksByState {
  const states = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...states].map((state) => [state, (one[state] ?? 0) + (other[state] ?? 0)]));
}
