import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { convertExemptions } from './exemptions.ts';

// npm run exemptions --silent < exported.json > exemptions.json: what is left out is told on standard error.

try {
  const { exemptions, leftOut } = convertExemptions(JSON.parse(readFileSync(0, 'utf8')), new Date());
  console.log(JSON.stringify(exemptions, null, 2));
  for (const { id, why } of leftOut) console.error(`Left out: ${id}\n  ${why}`);
} catch (error) {
  if (!(error instanceof SyntaxError || error instanceof z.ZodError)) throw error;
  const problem = error instanceof z.ZodError ? z.prettifyError(error) : error.message;
  console.error(`This is not what \`az policy exemption list --output json\` prints:\n${problem}`);
  process.exitCode = 1;
}
