import { z } from 'zod';
import type { EnvironmentFile } from '../world/env-file.ts';

/** What ARM shall answer instead of doing what it is asked. */
export type Fault = {
  readonly method?: string;
  /** Regular expression, tested on the path without case. */
  readonly path: string;
  /** How often; 0 = until it is removed. */
  readonly times: number;
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly retryAfterSeconds?: number;
};

/** Scripts a fault at the simulator's control endpoint; answers how to remove it again. */
export async function addFault({ controlUrl }: EnvironmentFile, fault: Fault): Promise<() => Promise<void>> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${controlUrl}/faults`, { method: 'POST', headers, body: JSON.stringify(fault) });
  if (!answer.ok) throw new Error(`The control endpoint refused a fault (${answer.status}): ${await answer.text()}`);
  const { id } = z.object({ id: z.union([z.string(), z.number()]) }).parse(await answer.json());
  return async () => {
    await fetch(`${controlUrl}/faults/${id}`, { method: 'DELETE' });
  };
}

/** How many requests ARM answered with a status in [from, to], by method and path. */
export async function countAnswers(
  { controlUrl }: EnvironmentFile,
  method: string,
  path: RegExp,
  [from, to]: readonly [number, number],
): Promise<number> {
  const entry = z.object({ method: z.string(), path: z.string(), status: z.number() });
  const lines = (await (await fetch(`${controlUrl}/journal`)).text()).split('\n').filter((line) => line !== '');
  return lines
    .map((line) => entry.parse(JSON.parse(line)))
    .filter((one) => one.method === method && path.test(one.path) && one.status >= from && one.status <= to).length;
}
