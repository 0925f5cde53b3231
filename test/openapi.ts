import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parsePath } from '../infra/local/arm/core/resource-id.ts';
import { createOpenApiCheck, type OpenApiProblem, readRecorded } from './arm/support/openapi.ts';

// Runs the tests (all, or those that are named) and then checks what was exchanged with the simulator of ARM meanwhile, by the product,
// the SDKs and the tests themselves, against Microsoft's OpenAPI documents: npm run test:openapi

const folder = mkdtempSync(join(tmpdir(), 'flowkeeper-exchanges-'));
const env = { ...process.env, FLOWKEEPER_ARM_RECORD: folder };
const { status } = spawnSync('vitest', ['run', ...process.argv.slice(2)], { env, stdio: 'inherit', shell: false });

const problemsOf = await createOpenApiCheck();
const exchanges = readRecorded(folder);
const problems: OpenApiProblem[] = [];
for (const exchange of exchanges) problems.push(...(await problemsOf(exchange)));
rmSync(folder, { recursive: true });

const violations = problems.filter(({ kind }) => kind === 'violation');
const undocumented = problems.filter(({ kind }) => kind === 'undocumented');
for (const violation of violations) console.log(JSON.stringify(violation));
console.log(
  `Of ${exchanges.length} kinds of exchanges with ARM, ${violations.length} violate Microsoft's OpenAPI documents.`,
);
console.log(`${undocumented.length} are not described by those that are here:`);
for (const [kind, count] of countsOf(undocumented.map(({ method, url }) => `${method} ${typeIn(url)}`)))
  console.log(`  ${count} ${kind}`);
process.exit(status === 0 && violations.length === 0 && exchanges.length > 0 ? 0 : 1);

function typeIn(url: string): string {
  const { pathname, searchParams } = new URL(url, 'https://management.azure.com');
  const parsed = parsePath(pathname);
  const type = parsed?.kind === 'resource' ? parsed.id.type : (parsed?.type ?? pathname);
  return `${type} ${searchParams.get('api-version')}`;
}

function countsOf(names: readonly string[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].sort(([one], [other]) => one.localeCompare(other));
}
