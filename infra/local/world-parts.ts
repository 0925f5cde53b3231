import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CertificateFiles } from './certificate.ts';
import { childEnvironment } from './child-environment.ts';
import {
  type ArmReady,
  type AzuriteReady,
  type HostReady,
  parseAppRestarted,
  parseArmReady,
  parseAzuriteReady,
  parseHostReady,
} from './ready-messages.ts';
import { type ChildEvent, type SupervisedChild, superviseChild } from './supervisor.ts';
import type { Part, WorldOptions } from './world-options.ts';

const here = fileURLToPath(new URL('.', import.meta.url));
/** What a person calls the processes. */
export const partNames: Record<Part, string> = {
  arm: 'ARM simulator',
  azurite: 'storage (Azurite)',
  host: 'Functions host',
};
const programs: Record<Part, string> = { arm: 'arm/main.ts', azurite: 'azurite.ts', host: 'host/main.ts' };

/** The ARM simulator, with `estateFile` where its state is new; `changed` is called whenever a new process of it is ready. */
export function startArm(
  options: WorldOptions,
  data: { readonly dir: string; readonly estateFile: string; readonly certificates: CertificateFiles },
  changed: () => void,
): SupervisedChild<ArmReady> {
  const { certFile, keyFile } = data.certificates;
  return superviseChild({
    ...shared(options, 'arm'),
    args: (former) => [
      ...['--data', data.dir, '--estate', data.estateFile, '--cert', certFile, '--key', keyFile],
      ...['--port', former === undefined ? String(options.armPort ?? 0) : portOf(former.armEndpoint)],
      ...['--identity-port', former === undefined ? '0' : portOf(former.identityEndpoint)],
      ...['--control-port', former === undefined ? '0' : portOf(former.controlUrl)],
      ...(options.realTimes === true ? ['--real-times'] : []),
      ...(options.armArgs ?? []),
    ],
    env: childEnvironment(),
    parseReady: parseArmReady,
    onReady: changed,
  });
}

/** The storage account of the function app. */
export function startAzurite(options: WorldOptions, dir: string, changed: () => void): SupervisedChild<AzuriteReady> {
  return superviseChild({
    ...shared(options, 'azurite'),
    args: (former) => [
      ...['--data', join(dir, 'azurite'), '--blob-port', String(former?.ports.blob ?? 0)],
      ...['--queue-port', String(former?.ports.queue ?? 0), '--table-port', String(former?.ports.table ?? 0)],
    ],
    env: childEnvironment(),
    parseReady: parseAzuriteReady,
    onReady: changed,
  });
}

/** The Functions host with the function app; it logs JSON, for the narrator to tell. `changed` gets the process id of the app. */
export function startHost(
  options: WorldOptions,
  data: { readonly dir: string; readonly appDir: string; readonly settings: Readonly<Record<string, string>> },
  changed: (appPid: number) => void,
): SupervisedChild<HostReady> {
  return superviseChild({
    ...shared(options, 'host'),
    args: (former) => [
      ...['--app', data.appDir, '--data', data.dir, '--log', 'json'],
      ...['--port', former === undefined ? String(options.functionsPort ?? 0) : portOf(former.url)],
      ...(options.keys === true ? ['--keys'] : []),
    ],
    env: { ...childEnvironment(), ...data.settings, ...options.appSettings },
    parseReady: parseHostReady,
    onReady: ({ appPid }) => changed(appPid),
    onMessage: (message) => {
      const appPid = parseAppRestarted(message);
      if (appPid !== undefined) changed(appPid);
    },
  });
}

function shared(options: WorldOptions, part: Part) {
  return {
    name: partNames[part],
    program: options.programs?.[part] ?? join(here, programs[part]),
    onLine: (line: string, stream: 'stdout' | 'stderr') => options.onLine?.(part, line, stream),
    onEvent: (event: ChildEvent) => options.onEvent?.(part, event),
  };
}

function portOf(url: string): string {
  return new URL(url).port;
}
