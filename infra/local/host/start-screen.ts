import { type AppFunction, triggerOf } from './app/protocol.ts';
import { isSupported } from './app/supported.ts';

export interface StartScreen {
  url: string;
  routePrefix: string;
  functions: readonly AppFunction[];
  appFolder: string;
  keysFile: string;
  checksFunctionKeys: boolean;
}

/** What a person sees when the host is ready: each function with how to reach it, as Core Tools show it. No key is in it. */
export function startScreen(screen: StartScreen): string {
  const { url, functions, appFolder, keysFile, checksFunctionKeys } = screen;
  const byName = [...functions].sort((a, b) => a.name.localeCompare(b.name));
  const isHttp = (fn: AppFunction) => triggerOf(fn).binding.type === 'httpTrigger';
  const has = (type: string) => functions.some((fn) => triggerOf(fn).binding.type === type);
  const keys = checksFunctionKeys ? 'Functions and webhooks ask for a key' : 'Webhooks ask for a key';
  return [
    '',
    'Functions:',
    '',
    ...[...byName.filter(isHttp), ...byName.filter((fn) => !isHttp(fn))].map(
      (fn) => `  ${fn.name}: ${how(fn, screen)}`,
    ),
    '',
    `The app in ${appFolder} is served at ${url}. Ctrl-C stops it.`,
    ...(has('orchestrationTrigger') ? [`Orchestrations: ${url}/runtime/webhooks/durabletask/instances?code=KEY`] : []),
    ...(has('eventGridTrigger') ? [`Event Grid: ${url}/runtime/webhooks/EventGrid?functionName=NAME&code=KEY`] : []),
    `${keys}: it is in ${keysFile}.`,
    '',
    '',
  ].join('\n');
}

function how(fn: AppFunction, { url, routePrefix }: StartScreen): string {
  const { binding } = triggerOf(fn);
  if (!isSupported(fn)) return `${binding.type} (not run here)`;
  if (binding.type !== 'httpTrigger') return binding.type;
  const methods = Array.isArray(binding.methods) ? binding.methods.join(',') : '';
  const route = typeof binding.route === 'string' && binding.route !== '' ? binding.route : fn.name;
  return `[${methods}] ${[url, routePrefix, route].filter((part) => part !== '').join('/')}`;
}
