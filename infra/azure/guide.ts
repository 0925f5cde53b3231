import { readFile } from 'node:fs/promises';

const guide = new URL('../../docs/operations.md', import.meta.url);

/** The shell commands of the operations guide, one block after the other, as the script that somebody who follows it would have typed. */
export async function guideScript(): Promise<string> {
  const blocks = [...(await readFile(guide, 'utf8')).matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map((match) => match[1]);
  return `#!/bin/sh\n${blocks.join('\n')}`;
}
