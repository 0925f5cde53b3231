import { z } from 'zod';
import type { EnvironmentFile } from '../world/env-file.ts';

const networkAnswer = z.object({
  id: z.string(),
  name: z.string(),
  state: z.string(),
  because: z.string().nullable(),
  until: z.string().nullable(),
  changedAt: z.string().nullable(),
  problem: z.object({ code: z.string(), message: z.string() }).nullable(),
});
const networksAnswer = z.object({ networks: z.array(networkAnswer), continuation: z.string().nullable() });

/** A VNet as `GET /api/networks` tells of it, as far as the demo looks. */
export type ToldNetwork = z.infer<typeof networkAnswer>;

/** All VNets that Flowkeeper knows of. */
export async function getNetworks(environment: EnvironmentFile): Promise<readonly ToldNetwork[]> {
  const networks: ToldNetwork[] = [];
  for (let continuation: string | null = ''; continuation !== null; ) {
    const query: string = continuation === '' ? '' : `?${new URLSearchParams({ continuation })}`;
    const answer = networksAnswer.parse(await call(environment, `/api/networks${query}`));
    networks.push(...answer.networks);
    continuation = answer.continuation;
  }
  return networks;
}

/** Asks for VNets to be put right now, as a person would. */
export async function remediate(environment: EnvironmentFile, networks: readonly string[]): Promise<void> {
  await call(environment, '/api/remediations', { networks });
}

async function call({ functionsUrl, functionKey }: EnvironmentFile, path: string, body?: unknown): Promise<unknown> {
  const headers = {
    'content-type': 'application/json',
    ...(functionKey === null ? {} : { 'x-functions-key': functionKey }),
  };
  const answer = await fetch(`${functionsUrl}${path}`, {
    headers,
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
  return answer.json();
}
