import type { OrchestrationContext } from 'durable-functions';
import type { Selection } from '../shared/records/selection.ts';
import { call, type Durable } from './call.ts';

/**
 * Puts the networks of a selection into the inbox, a page of Resource Graph an activity: the sweep over the whole
 * estate, or what a person asked for by a filter. A run that dies goes on at its page.
 */
export function* remediateSelection(ctx: OrchestrationContext): Durable<string> {
  const selection = ctx.df.getInput<Selection>();
  if (!selection) return 'started without a selection';
  let selected = 0;
  let skipToken: string | null = null;
  do {
    const page: { skipToken: string | null; selected: number } = yield* call(ctx, 'selectPage', {
      selection,
      skipToken,
    });
    selected += page.selected;
    skipToken = page.skipToken;
  } while (skipToken);
  yield* call(ctx, 'finishSelection', { selection, selected });
  return `${selected} networks selected`;
}
