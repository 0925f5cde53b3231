import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readJsonFile } from './json-file.ts';

const localSettings = z.looseObject({
  IsEncrypted: z.boolean().optional(),
  Values: z.record(z.string(), z.string()).optional(),
  Host: z.looseObject({ LocalHttpPort: z.int().optional() }).optional(),
});

/** What the app folder's local.settings.json says for use on this machine: app settings, and the port. */
export function readLocalSettings(folder: string): { values: Record<string, string>; port: number | undefined } {
  const file = join(folder, 'local.settings.json');
  if (!existsSync(file)) return { values: {}, port: undefined };
  const { IsEncrypted, Values = {}, Host } = readJsonFile(file, localSettings);
  if (IsEncrypted) throw new Error(`${file} is encrypted. Run \`func settings decrypt\` in its folder first.`);
  return { values: Values, port: Host?.LocalHttpPort };
}
