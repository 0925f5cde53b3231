import type { OrchestrationContext } from 'durable-functions';
import type { Selection } from '../shared/records/selection.ts';
import type { NetworksByState, PageMark } from '../shared/work/select-page.ts';
import { call, type Durable } from './call.ts';

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
    const page = yield* call(ctx, 'selectPage', { selection, ...mark });
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

function sum(one: NetworksByState, other: NetworksByState): NetworksByState {
  const states = new Set([...Object.keys(one), ...Object.keys(other)]);
  return Object.fromEntries([...states].map((state) => [state, (one[state] ?? 0) + (other[state] ?? 0)]));
}
