import { beforeAll, beforeEach } from 'vitest';
import { CompilerUnavailable, ensureCompiler } from '../../infra/azure/compiler.ts';

/** Fetching the compiler, once per machine, takes a download of 50 MB. */
const fetchTimeoutMs = 300_000;

/** Runs `prepare` with the Bicep compiler before the tests of a file; where it can't be had, each of them is skipped and says why. */
export function withBicep(prepare: (bicep: string) => Promise<void>): void {
  let reason: string | undefined;
  beforeAll(async () => {
    const bicep = await ensureCompiler().catch((error: unknown) => {
      if (!(error instanceof CompilerUnavailable)) throw error;
      reason = error.message;
    });
    if (bicep !== undefined) await prepare(bicep);
  }, fetchTimeoutMs);
  beforeEach((context) => {
    if (reason !== undefined) context.skip(reason);
  });
}
