import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { VersionMatch } from '../engine/version.ts';
import type { LeastLevel } from '../log.ts';
import { withAppSettings } from './app-settings.ts';
import { withOverrides } from './host-json-overrides.ts';
import { readJsonFile, valid } from './json-file.ts';

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
  /** The level under which lines of a category are not written. */
  leastLogLevel: (category: string) => LeastLevel;
  /** The functions that are run; null for all of them. */
  onlyFunctions: readonly string[] | null;
}

const PER_CORE = 10;

const hostJson = z.looseObject({
  functionTimeout: z
    .string()
    .regex(/^(-1|(\d+\.)?\d+:\d+:\d+)$/, 'It is [d.]hh:mm:ss, or -1 for no limit.')
    .optional(),
  functions: z.array(z.string()).optional(),
  logging: z.looseObject({ logLevel: z.record(z.string(), z.string()).optional() }).optional(),
  extensions: z
    .looseObject({
      http: z.looseObject({ routePrefix: z.string().optional() }).optional(),
      durableTask: z
        .looseObject({
          hubName: z.string().optional(),
          defaultVersion: z.string().optional(),
          versionMatchStrategy: z.enum(['None', 'Strict', 'CurrentOrOlder']).optional(),
          maxConcurrentActivityFunctions: z.coerce.number().int().positive().optional(),
          maxConcurrentOrchestratorFunctions: z.coerce.number().int().positive().optional(),
          overridableExistingInstanceStates: z.enum(['NonRunningStates', 'AnyState']).optional(),
        })
        .optional(),
    })
    .optional(),
});

/** Reads DIR/host.json, with what app settings say instead. What it cannot mean is an error that says where. */
export function readHostJson(folder: string, env: NodeJS.ProcessEnv): HostSettings {
  const file = join(folder, 'host.json');
  const written = existsSync(file) ? readJsonFile(file, z.unknown()) : {};
  const { functionTimeout, functions, extensions, logging } = valid(withOverrides(written, env), hostJson, file);
  const durable = extensions?.durableTask ?? {};
  return {
    routePrefix: (extensions?.http?.routePrefix ?? 'api').replace(/^\/|\/$/g, ''),
    functionTimeoutMs: timeoutMs(functionTimeout ?? '00:30:00'),
    taskHub: withAppSettings('The hubName in host.json', durable.hubName ?? 'TestHubName', env),
    maxOrchestrators: durable.maxConcurrentOrchestratorFunctions ?? PER_CORE * availableParallelism(),
    maxActivities: durable.maxConcurrentActivityFunctions ?? PER_CORE * availableParallelism(),
    defaultVersion: durable.defaultVersion ?? null,
    versionMatch: durable.versionMatchStrategy ?? 'CurrentOrOlder',
    overridesAnyState: durable.overridableExistingInstanceStates === 'AnyState',
    leastLogLevel: leastLevels(logging?.logLevel ?? {}),
    onlyFunctions: functions ?? null,
  };
}

/** Milliseconds of `[d.]hh:mm:ss`; null for `-1`, which means no limit. */
function timeoutMs(text: string): number | null {
  if (text === '-1') return null;
  const [, days = 0, hours = 0, minutes = 0, seconds = 0] =
    /^(?:(\d+)\.)?(\d+):(\d+):(\d+)$/.exec(text)?.map((part) => Number(part ?? 0)) ?? [];
  return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000;
}

/** The longest name in `logLevel` that a category begins with decides; `default` is for all others. */
function leastLevels(levels: Record<string, string>): (category: string) => LeastLevel {
  const byLength = Object.entries(levels)
    .filter(([name]) => name !== 'default')
    .sort(([a], [b]) => b.length - a.length);
  return (category) => {
    const found = byLength.find(([name]) => category.toLowerCase().startsWith(name.toLowerCase()));
    return levelOf(found?.[1] ?? levels.default);
  };
}

const LEVELS: Record<string, LeastLevel> = {
  trace: 'trace',
  debug: 'debug',
  warning: 'warn',
  error: 'error',
  critical: 'error',
  none: 'none',
};

function levelOf(name: string | undefined): LeastLevel {
  return LEVELS[name?.toLowerCase() ?? ''] ?? 'info';
}
