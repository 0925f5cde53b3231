import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const environmentSchema = z.object({
  functionsUrl: z.string(),
  functionKey: z.string().nullable(),
  eventGridUrl: z.string(),
  armEndpoint: z.string(),
  caFile: z.string(),
  identityEndpoint: z.string(),
  identityHeader: z.string(),
  operatorClientId: z.string(),
  appClientId: z.string(),
  storageConnectionString: z.string(),
  tenantId: z.string(),
  subscriptions: z.array(
    z.object({ id: z.string(), name: z.string(), resourceGroup: z.string(), locations: z.array(z.string()) }),
  ),
  destinations: z.array(
    z.object({ location: z.string(), storageAccountId: z.string(), identityId: z.string().nullable() }),
  ),
  controlUrl: z.string(),
  pids: z.object({ host: z.number(), app: z.number(), arm: z.number(), azurite: z.number() }),
});

/**
 * What `env.json` in the data folder tells other programs: enough to use the estate with the Azure SDK and to call the function app.
 * It exists exactly while everything is ready. `functionKey` is null where keys are off, `identityId` where the policy wants none. The
 * process ids of a host that somebody else started are 0.
 */
export type EnvironmentFile = z.infer<typeof environmentSchema>;

/** Puts `env.json` in place in one step: a reader sees the former file, this one or none, never a part of one. */
export function writeEnvironmentFile(dataDir: string, environment: EnvironmentFile): void {
  const temporary = join(dataDir, `.env-${randomUUID()}.json`);
  writeFileSync(temporary, `${JSON.stringify(environment, null, 2)}\n`, { mode: 0o600 });
  renameSync(temporary, pathIn(dataDir));
}

/** Removes `env.json`; says whether there was one, which right after a start means that the last run was not stopped cleanly. */
export function removeEnvironmentFile(dataDir: string): boolean {
  try {
    rmSync(pathIn(dataDir));
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}

/** Reads `env.json`; undefined when there is none or it is not one of ours. */
export function readEnvironmentFile(dataDir: string): EnvironmentFile | undefined {
  try {
    return environmentSchema.parse(JSON.parse(readFileSync(pathIn(dataDir), 'utf8')));
  } catch {
    return undefined;
  }
}

function pathIn(dataDir: string): string {
  return join(dataDir, 'env.json');
}
