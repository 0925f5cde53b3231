import { randomBytes, timingSafeEqual } from 'node:crypto';
import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';
import { readJsonFile } from '../config/json-file.ts';
import { type HttpRequest, header } from './message.ts';

const hostKeys = z.object({ function: z.string(), master: z.string(), eventgrid: z.string(), durabletask: z.string() });
export type HostKeys = z.infer<typeof hostKeys>;

/** Reads the host's keys; makes them where there are none. They outlive a restart. */
export function readKeys(file: string): HostKeys {
  if (existsSync(file)) return readJsonFile(file, hostKeys);
  const key = () => randomBytes(32).toString('base64url');
  const keys: HostKeys = { function: key(), master: key(), eventgrid: key(), durabletask: key() };
  writeFileSync(`${file}.new`, JSON.stringify(keys), { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return keys;
}

/** Whether a request shows one of the keys, as `?code=` or in the header. */
export function showsKey(request: HttpRequest, ...allowed: string[]): boolean {
  const shown = request.url.searchParams.get('code') ?? header(request, 'x-functions-key') ?? '';
  return allowed.some((key) => same(shown, key));
}

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
