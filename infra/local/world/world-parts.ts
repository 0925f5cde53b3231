import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CertificateFiles } from './certificate.ts';
import { childEnvironment } from './child-environment.ts';
import type { Ports } from './ports.ts';
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

const here = fileURLToPath(new URL('..', import.meta.url));
/** What a person calls the processes. */
export const partNames: Record<Part, string> = {
  arm: 'ARM simulator',
  azurite: 'storage (Azurite)',
  host: 'Functions host',
};
const programs: Record<Part, string> = { arm: 'arm/main.ts', azurite: 'world/azurite.ts', host: 'host/main.ts' };

/** The data folder, and the ports of the first process; its successors keep those that it got. */
type Place = { readonly dir: string; readonly ports: Ports };

/** The ARM simulator, with `estateFile` where its state is new; `changed` is called whenever a new process of it is ready. */
export function startArm(
  options: WorldOptions,
  data: Place & { readonly estateFile: string; readonly certificates: CertificateFiles; readonly blobStorage: string },
  changed: () => void,
): SupervisedChild<ArmReady> {
  const { certFile, keyFile } = data.certificates;
  return superviseChild({
    ...shared(options, 'arm'),
    args: (former) => [
      ...['--data', data.dir, '--estate', data.estateFile, '--cert', certFile, '--key', keyFile],
      ...['--port', String(former === undefined ? data.ports.arm : portOf(former.armEndpoint))],
      ...['--identity-port', String(former === undefined ? data.ports.identity : portOf(former.identityEndpoint))],
      ...['--control-port', String(former === undefined ? data.ports.control : portOf(former.controlUrl))],
      ...['--storage-port', String(former === undefined ? data.ports.storage : portOf(former.blobEndpoint))],
      ...['--blob-storage', data.blobStorage],
      ...(options.realTimes === true ? ['--real-times'] : []),
      ...(options.armArgs ?? []),
    ],
    env: childEnvironment(),
    parseReady: parseArmReady,
    onReady: changed,
  });
}

/** The storage account of the function app. */
export function startAzurite(options: WorldOptions, data: Place, changed: () => void): SupervisedChild<AzuriteReady> {
  return superviseChild({
    ...shared(options, 'azurite'),
    args: (former) => {
      const { blob, queue, table } = former?.ports ?? data.ports;
      return [
        ...['--data', join(data.dir, 'azurite')],
        ...['--blob-port', String(blob), '--queue-port', String(queue), '--table-port', String(table)],
        ...(options.azuriteArgs ?? []),
      ];
    },
    env: childEnvironment(),
    parseReady: parseAzuriteReady,
    onReady: changed,
  });
}

/** The Functions host with the function app; it logs JSON, for the narrator to tell. `changed` gets the process id of the app. */
export function startHost(
  options: WorldOptions,
  data: Place & { readonly appDir: string; readonly settings: Readonly<Record<string, string>> },
  changed: (appPid: number) => void,
): SupervisedChild<HostReady> {
  return superviseChild({
    ...shared(options, 'host'),
    args: (former) => [
      ...['--app', data.appDir, '--data', data.dir, '--log', 'json'],
      ...['--port', String(former === undefined ? data.ports.functions : portOf(former.url))],
      ...(options.keys === true ? [] : ['--no-keys']),
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

/** The port in the URL of something that listens on 127.0.0.1. */
export function portOf(url: string): number {
  return Number(new URL(url).port);
}
