import { type EnvironmentFile, writeEnvironmentFile } from '../../../infra/local/world/env-file.ts';

// Writes env.json over and over, with lengths that differ, until it is killed.

const [, , dir = '.', environment = '{}'] = process.argv;
const told: EnvironmentFile = JSON.parse(environment);
for (let count = 0; ; count += 1) {
  writeEnvironmentFile(dir, { ...told, tenantId: 't'.repeat((count * 997) % 20_000) });
  if (count === 0) process.send?.('writing');
}
