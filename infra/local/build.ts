import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Bundles the function app into `dist/main.cjs`, the file that package.json's `main` names and every Functions host loads.
 * `@azure/functions-core` stays outside: the host's worker provides it, no package of that name exists.
 * Names stay as they are written, because stack traces and Durable's error types show them; esbuild's `keepNames` beside short
 * identifiers would do that too, at a tenth more of loading time (npm run bench -- cold).
 */
async function buildApp(): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: ['functions/main.ts'],
    outfile: 'dist/main.cjs',
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'cjs',
    external: ['@azure/functions-core'],
    minifySyntax: true,
    minifyWhitespace: true,
    sourcemap: true,
    sourcesContent: false,
    legalComments: 'none',
    logLevel: 'error',
  });
}

// esbuild has printed what is wrong and where.
await buildApp().catch(() => {
  process.exitCode = 1;
});
