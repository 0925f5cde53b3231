import type { Log } from '../log.ts';
import { isDurableClient } from './calls.ts';
import { type AppFunction, triggerOf } from './protocol.ts';

const TRIGGERS = new Set([
  'httpTrigger',
  'timerTrigger',
  'eventGridTrigger',
  'orchestrationTrigger',
  'activityTrigger',
]);

/** Names what of an app this host does not run; the rest of the app runs. */
export function warnOfUnsupported(functions: readonly AppFunction[], log: Log): void {
  for (const fn of functions) {
    const warn = (message: string) => log({ level: 'warn', category: `Function.${fn.name}`, message });
    const trigger = triggerOf(fn);
    if (!TRIGGERS.has(trigger.binding.type)) {
      warn(`It is not run: the embedded Functions host has no ${trigger.binding.type}.`);
    }
    for (const [name, { direction, type }] of Object.entries(fn.bindings)) {
      if (name === trigger.name || (direction === 'in' && isDurableClient(type)) || type === 'http') continue;
      if (name !== '$return')
        warn(
          `Its ${direction === 'out' ? 'output' : 'input'} of type ${type} is left out: the embedded Functions host does not have it.`,
        );
    }
    if (fn.retryOptions) warn('Its retry policy is left out: a failed run is not repeated.');
  }
}
