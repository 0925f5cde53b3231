import type { OrchestrationContext } from 'durable-functions';
import type { Selection } from '../shared/records/selection.ts';
import type { PageMark } from '../shared/work/select-page.ts';
import { call, type Durable } from './call.ts';

/**
 * Puts the networks of a selection into the inbox, a page of Resource Graph an activity: the sweep over the whole
 * estate, or what a person asked for by a filter. A run that dies goes on at its page.
 */
export function* remediateSelection(ctx: OrchestrationContext): Durable<string> {
  const selection = ctx.df.getInput<Selection>();
  if (!selection) return 'started without a selection';
  let selected = 0;
  let mark: PageMark = { skipToken: null, after: '' };
  do {
    const page: PageMark & { selected: number } = yield* call(ctx, 'selectPage', { selection, ...mark });
    selected += page.selected;
    if (selection.kind === 'sweep')
      yield* call(ctx, 'proveDelivery', { cause: `sweep ${selection.startedAt}`, after: mark.after, upTo: page.after });
    mark = { skipToken: page.skipToken, after: page.after };
  } while (mark.skipToken);
  yield* call(ctx, 'finishSelection', { selection, selected });
  return `${selected} networks selected`;
}
