import { type AppFunction, triggerOf } from './app/protocol.ts';
import { isSupported } from './app/supported.ts';
import type { HostInfo } from './host.ts';

export interface StartScreen
  extends Pick<HostInfo, 'url' | 'routePrefix' | 'functions' | 'keys' | 'keysFile' | 'keysAreNew'> {
  appFolder: string;
  asksForKeys: boolean;
}

/**
 * What a person sees when the host is ready: each function with how to reach it, as Core Tools show it. Keys are shown
 * by the start that has made them, and never again.
 */
export function startScreen(screen: StartScreen): string {
  const { url, functions, appFolder, asksForKeys } = screen;
  const byName = [...functions].sort((a, b) => a.name.localeCompare(b.name));
  const isHttp = (fn: AppFunction) => triggerOf(fn).binding.type === 'httpTrigger';
  const has = (type: string) => functions.some((fn) => triggerOf(fn).binding.type === type);
  const webhook = (path: string) => `${url}/runtime/webhooks/${path}`;
  const code = (before: string) => (asksForKeys ? `${before}code=KEY` : '');
  return [
    '',
    'Functions:',
    '',
    ...[...byName.filter(isHttp), ...byName.filter((fn) => !isHttp(fn))].map(
      (fn) => `  ${fn.name}: ${how(fn, screen)}`,
    ),
    '',
    `The app in ${appFolder} is served at ${url}. Ctrl-C stops it.`,
    ...(has('orchestrationTrigger') ? [`Orchestrations: ${webhook('durabletask/instances')}${code('?')}`] : []),
    ...(has('eventGridTrigger') ? [`Event Grid: ${webhook('EventGrid?functionName=NAME')}${code('&')}`] : []),
    ...(asksForKeys ? keyLines(screen) : ['No keys are asked for.']),
    '',
    '',
  ].join('\n');
}

function keyLines({ keys, keysFile, keysAreNew }: StartScreen): string[] {
  if (!keysAreNew) return [`Keys are asked for (--no-keys turns that off): they are in ${keysFile}.`];
  return [
    'Keys, made just now and not shown again (header x-functions-key, or ?code=):',
    `  functions      ${keys.function}`,
    `  all and admin  ${keys.master}`,
    `  orchestrations ${keys.durabletask}`,
    `  Event Grid     ${keys.eventgrid}`,
    `They stay in ${keysFile}; --no-keys turns them off.`,
  ];
}

function how(fn: AppFunction, { url, routePrefix }: StartScreen): string {
  const { binding } = triggerOf(fn);
  if (!isSupported(fn)) return `${binding.type} (not run here)`;
  if (binding.type !== 'httpTrigger') return binding.type;
  const methods = Array.isArray(binding.methods) ? binding.methods.join(',') : '';
  const route = typeof binding.route === 'string' && binding.route !== '' ? binding.route : fn.name;
  return `[${methods}] ${[url, routePrefix, route].filter((part) => part !== '').join('/')}`;
}
