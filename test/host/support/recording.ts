import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HistoryEvent } from '../../../infra/local/host/engine/history.ts';

// The recordings of the real durable engine: see recordings/NOTICE.md.

export interface Turn {
  at: string;
  function: string;
  payload: { history: HistoryEvent[]; instanceId: string; isReplaying: boolean; [field: string]: unknown };
  payloadText?: string;
  state?: unknown;
  thrown?: string;
}
export interface RecordedInvocation {
  kind: string;
  function: string;
  inputText: string | null;
  output?: unknown;
  thrown?: string;
}
export interface Exchange {
  label?: string;
  request: { method: string; path: string; body?: string };
  response: { status?: number; statusLine?: string; headers?: Record<string, string>; body?: unknown };
}
export interface Final {
  status: number;
  headers: Record<string, string>;
  body: unknown;
  withHistory?: { status: number; body: unknown };
}
export interface Recording {
  scenario: string;
  turns: Turn[];
  invocations: RecordedInvocation[];
  clientBindings?: unknown[];
  requestsOfTheExtension?: unknown[];
  http: Exchange[];
  final: Record<string, Final>;
}

export const RECORDINGS = join(import.meta.dirname, '../recordings');

/** All recordings, by scenario. */
export function readRecordings(): Map<string, Recording> {
  const files = readdirSync(RECORDINGS).filter((file) => file.endsWith('.json'));
  const all = files.map((file): Recording => JSON.parse(readFileSync(join(RECORDINGS, file), 'utf8')));
  return new Map(all.map((recording) => [recording.scenario, recording]));
}

/** The names that the sample app registers. */
export function sampleFunctions() {
  const source = readdirSync(join(RECORDINGS, 'app/src'))
    .map((file) => readFileSync(join(RECORDINGS, 'app/src', file), 'utf8'))
    .join('\n');
  const names = (pattern: RegExp) => new Set([...source.matchAll(pattern)].map(([, name = '']) => name));
  return {
    orchestrators: names(/^orchestration\('(\w+)'/gm),
    activities: names(/df\.app\.activity\('(\w+)'/g),
    entities: names(/df\.app\.entity\('(\w+)'/g),
    defaultVersion: '1.0.0',
  };
}

/** Long runs of one letter are written short in the recordings. */
export function elide(text: string): string {
  return text.replace(/([a-z])\1{4999,}/g, (run, letter) => `‹${run.length} × ${letter}›`);
}

/** What an instance came to, of the body that the API shows of it. */
export function endOf(final: Final | undefined): { runtimeStatus: unknown; output: unknown } {
  const { body } = final ?? {};
  const shown = typeof body === 'object' && body !== null ? body : {};
  return {
    runtimeStatus: 'runtimeStatus' in shown ? shown.runtimeStatus : undefined,
    output: 'output' in shown ? shown.output : undefined,
  };
}
