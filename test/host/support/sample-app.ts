import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './host-process.ts';
import { RECORDINGS } from './recording.ts';

/**
 * The recorded app in a folder of its own, since it leaves marks there; set up as it was when it was recorded. `edit`
 * may change its orchestrations.
 */
export function copyOfSampleApp(edit: (source: string) => string = (source) => source): string {
  const folder = join(temporaryFolder(), 'app');
  mkdirSync(folder);
  cpSync(join(RECORDINGS, 'app'), folder, { recursive: true });
  symlinkSync(join(import.meta.dirname, '../../../node_modules'), join(folder, 'node_modules'));
  const orchestrations = join(folder, 'src/orchestrations.js');
  writeFileSync(orchestrations, edit(readFileSync(orchestrations, 'utf8')));
  const hostJson = JSON.parse(readFileSync(join(folder, 'host.json'), 'utf8'));
  hostJson.extensions.durableTask.hubName = 'RecordingsHub';
  writeFileSync(join(folder, 'host.json'), JSON.stringify(hostJson));
  return folder;
}
