import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CompilerUnavailable, ensureCompiler } from './compiler.ts';
import { guideScript } from './guide.ts';
import { type Finished, run } from './run.ts';
import { findShellChecker } from './shell-check.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const templates = join(root, '.tools', 'templates');
const everyModule = 'infra/azure/**/*.bicep';
const scripts = ['infra/azure/build-package.sh', 'infra/azure/deploy-events.sh'];

/** What main.bicepparam reads from its environment where it has no default. */
const exampleEnvironment = {
  AZURE_ENV_NAME: 'example',
  AZURE_LOCATION: 'westeurope',
  AZURE_SUBSCRIPTION_ID: '00000000-0000-0000-0000-000000000000',
};

/** Compiles and lints everything that is deployed; each problem is one line, and a warning is a problem. */
async function check(): Promise<readonly string[]> {
  const bicep = await ensureCompiler();
  await rm(templates, { recursive: true, force: true });
  await mkdir(templates, { recursive: true });
  const environment = { ...process.env, ...exampleEnvironment };
  const compiled = await run(bicep, ['build', '--pattern', everyModule, '--outdir', templates]);
  const linted = await run(bicep, ['lint', '--pattern', everyModule]);
  const parameters = await run(
    bicep,
    ['build-params', 'infra/azure/main.bicepparam', '--outfile', join(templates, 'main.parameters.json')],
    environment,
  );
  const shell = await findShellChecker();
  const guide = join(templates, 'operations.sh');
  await writeFile(guide, await guideScript());
  const checked = await Promise.all([...scripts, guide].map((script) => shell.check(script)));
  if (!shell.isComplete)
    console.warn('Scripts are only parsed: install ShellCheck for more (apt-get install shellcheck).');
  return [
    ...problemsOf('bicep build', compiled),
    ...problemsOf('bicep lint', linted),
    ...problemsOf('bicep build-params', parameters),
    ...checked.flatMap((finished) => problemsOf('shell', finished)),
  ];
}

function problemsOf(what: string, finished: Finished): readonly string[] {
  const lines = `${finished.stdout}\n${finished.stderr}`.split('\n').filter((line) => line.trim() !== '');
  if (lines.length > 0) return [...new Set(lines)].map((line) => `${what}: ${line}`);
  return finished.exitCode === 0 ? [] : [`${what}: ended with exit code ${finished.exitCode}.`];
}

const problems = await check().catch((error: unknown) => {
  if (error instanceof CompilerUnavailable) return [error.message];
  throw error;
});
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
else console.log(`infra/azure and the commands of its guide pass without a warning. Templates: ${templates}`);
