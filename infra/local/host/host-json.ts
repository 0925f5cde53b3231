import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { LogLevel } from './app/protocol.ts';
import type { VersionMatch } from './engine/version.ts';
import { readJsonFile } from './json-file.ts';

/** What host.json says, with the real host's defaults; the storage provider of the durable extension is ignored. */
export interface HostSettings {
  routePrefix: string;
  functionTimeoutMs: number | null;
  taskHub: string;
  maxOrchestrators: number;
  maxActivities: number;
  defaultVersion: string | null;
  versionMatch: VersionMatch;
  overridesAnyState: boolean;
  leastLogLevel: LogLevel;
}

const PER_CORE = 10;

const hostJson = z.looseObject({
  functionTimeout: z.string().optional(),
  logging: z.looseObject({ logLevel: z.record(z.string(), z.string()).optional() }).optional(),
  extensions: z
    .looseObject({
      http: z.looseObject({ routePrefix: z.string().optional() }).optional(),
      durableTask: z
        .looseObject({
          hubName: z.string().optional(),
          defaultVersion: z.string().optional(),
          versionMatchStrategy: z.enum(['None', 'Strict', 'CurrentOrOlder']).optional(),
          maxConcurrentActivityFunctions: z.int().positive().optional(),
          maxConcurrentOrchestratorFunctions: z.int().positive().optional(),
          overridableExistingInstanceStates: z.enum(['NonRunningStates', 'AnyState']).optional(),
        })
        .optional(),
    })
    .optional(),
});

/** Reads DIR/host.json. What it cannot mean is an error that says where. */
export function readHostJson(folder: string, env: NodeJS.ProcessEnv): HostSettings {
  const file = join(folder, 'host.json');
  const { functionTimeout, extensions, logging } = existsSync(file) ? readJsonFile(file, hostJson) : {};
  const durable = extensions?.durableTask ?? {};
  return {
    routePrefix: (extensions?.http?.routePrefix ?? 'api').replace(/^\/|\/$/g, ''),
    functionTimeoutMs: timeoutMs(functionTimeout ?? '00:30:00'),
    taskHub: (durable.hubName ?? 'TestHubName').replace(/%(.+?)%/g, (_, name) => env[name] ?? ''),
    maxOrchestrators: durable.maxConcurrentOrchestratorFunctions ?? PER_CORE * availableParallelism(),
    maxActivities: durable.maxConcurrentActivityFunctions ?? PER_CORE * availableParallelism(),
    defaultVersion: durable.defaultVersion ?? null,
    versionMatch: durable.versionMatchStrategy ?? 'CurrentOrOlder',
    overridesAnyState: durable.overridableExistingInstanceStates === 'AnyState',
    leastLogLevel: levelOf(logging?.logLevel?.default),
  };
}

/** Milliseconds of `[d.]hh:mm:ss`; null for `-1`, which means no limit. */
function timeoutMs(text: string): number | null {
  if (text === '-1') return null;
  const [, days = 0, hours = 0, minutes = 0, seconds = 0] =
    /^(?:(\d+)\.)?(\d+):(\d+):(\d+)$/.exec(text)?.map((part) => Number(part ?? 0)) ?? [];
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
}

function levelOf(name: string | undefined): LogLevel {
  const levels: Record<string, LogLevel> = {
    trace: 'trace',
    debug: 'debug',
    warning: 'warn',
    error: 'error',
    critical: 'error',
  };
  return levels[name?.toLowerCase() ?? ''] ?? 'info';
}

const localSettings = z.looseObject({ Values: z.record(z.string(), z.string()).optional() });

/** The `Values` of the app folder's local.settings.json: app settings for use on this machine. */
export function readLocalSettings(folder: string): Record<string, string> {
  const file = join(folder, 'local.settings.json');
  if (!existsSync(file)) return {};
  return readJsonFile(file, localSettings).Values ?? {};
}
