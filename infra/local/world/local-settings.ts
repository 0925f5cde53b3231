import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { StartError } from './start-error.ts';

const settingsSchema = z.looseObject({ Values: z.record(z.string(), z.string()).optional() });

/**
 * Writes app settings as the `local.settings.json` that Azure Functions Core Tools and the embedded host read beside host.json. What
 * else is in a file that is there already stays. Only its owner may read it.
 */
export function writeLocalSettings(file: string, values: Readonly<Record<string, string>>): void {
  const existing = existsSync(file) ? readSettings(file) : {};
  const settings = {
    IsEncrypted: false,
    ...existing,
    Values: { FUNCTIONS_WORKER_RUNTIME: 'node', ...existing.Values, ...values },
  };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${JSON.stringify(settings, null, 2)}\n`, { mode: 0o600 });
}

function readSettings(file: string): z.infer<typeof settingsSchema> {
  try {
    return settingsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    throw new StartError(
      `The settings in ${file} can't be read (${String(error).replaceAll(/\s+/g, ' ')}). Correct them, remove the file, or choose another one: --settings FILE`,
    );
  }
}
