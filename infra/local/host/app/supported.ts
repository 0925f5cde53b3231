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

/** Whether this host runs functions with such a trigger. */
export function isSupported(fn: AppFunction): boolean {
  return TRIGGERS.has(triggerOf(fn).binding.type);
}

/** Names what of an app this host does not run; the rest of the app runs. */
export function warnOfUnsupported(functions: readonly AppFunction[], log: Log): void {
  for (const fn of functions) {
    const warn = (message: string) => log({ level: 'warn', category: `Function.${fn.name}`, message });
    const trigger = triggerOf(fn);
    if (!isSupported(fn)) {
      warn(`It is not run: the embedded Functions host has no ${trigger.binding.type}.`);
      continue;
    }
    for (const [name, { direction, type }] of Object.entries(fn.bindings)) {
      if (name === trigger.name || (direction === 'in' && isDurableClient(type)) || type === 'http') continue;
      const what = direction === 'out' ? 'output' : 'input';
      warn(`Its ${what} of type ${type} is left out: the embedded Functions host does not have it.`);
    }
    if (fn.retryOptions && trigger.binding.type !== 'timerTrigger')
      warn('Its retry policy is left out, as on Azure: of the triggers that are run here only timers have one.');
  }
}
