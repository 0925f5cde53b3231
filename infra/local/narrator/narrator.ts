import { z } from 'zod';
import { nameOf } from '../../../shared/resource-id.ts';
import { narrateGeneral } from './narrator-general.ts';
import { narrateDestination, narrateNetwork } from './narrator-phrases.ts';

/** One line for a person: when, about what (a VNet, a storage account …), and what happened. */
export type Told = {
  readonly time: Date;
  readonly subject: string;
  readonly text: string;
  readonly tone: Tone;
};
export type Tone = 'good' | 'bad' | 'waiting' | 'plain';

const hostLine = z.object({ time: z.coerce.date(), level: z.string(), category: z.string(), message: z.string() });

const appLine = z.looseObject({
  msg: z.string(),
  networkId: z.string().optional(),
  account: z.string().optional(),
  targetKind: z.string().optional(),
  targetId: z.string().optional(),
  reason: z.string().optional(),
  state: z.string().optional(),
  change: z.string().optional(),
  because: z.string().nullish(),
  drifts: z.array(z.string()).optional(),
  step: z.string().optional(),
  resourceId: z.string().optional(),
  status: z.string().optional(),
  storageAccountId: z.string().nullish(),
  identityId: z.string().nullish(),
  did: z.string().nullish(),
  code: z.string().nullish(),
  message: z.string().nullish(),
  afterSeconds: z.number().nullish(),
  until: z.string().nullish(),
  leftovers: z.array(z.string()).optional(),
  mode: z.string().optional(),
  selected: z.number().optional(),
  count: z.number().optional(),
  networks: z.number().optional(),
  approveAbove: z.number().optional(),
});

/** What Flowkeeper logs, as far as a person is told of it. */
export type AppLine = z.infer<typeof appLine>;

/** What the narrator remembers between lines: when something began, and what was said last, so as not to say it again. */
export type Memory = {
  readonly began: Map<string, number>;
  readonly lastSaid: Map<string, string>;
  readonly toldMessages: Set<string>;
};

/**
 * Answers a function from one JSON line of the Functions host to what a person is told, or undefined for what is no news: a poll, a
 * check that found all in order again, the machinery of lanes. The same lines in the same order always give the same answers.
 */
export function createNarrator(): (line: string) => Told | undefined {
  const memory: Memory = { began: new Map(), lastSaid: new Map(), toldMessages: new Set() };
  return (line) => {
    const host = hostLine.safeParse(parseJson(line)).data;
    if (host === undefined) return undefined;
    const app = appLine.safeParse(parseJson(host.message)).data;
    return app === undefined ? complaint(host) : narrateApp(app, host.time, memory);
  };
}

function narrateApp(line: AppLine, time: Date, memory: Memory): Told | undefined {
  const general = narrateGeneral(line);
  if (general !== undefined) return { time, ...general, tone: 'plain' };
  const id = line.networkId ?? line.account ?? (line.targetKind === 'network' ? line.targetId : undefined);
  if (id === undefined) return undefined;
  const isDestination = line.networkId === undefined && line.account !== undefined;
  // Azure spells one id in several ways: events have `/resourcegroups/`.
  const key = id.toLowerCase();
  const phrase = isDestination ? narrateDestination(line, time, memory) : narrateNetwork(key, line, time, memory);
  return phrase === undefined ? undefined : { time, subject: nameOf(id), ...phrase };
}

/** Warnings and errors of the host itself, and what the app prints without its logger. */
function complaint(host: z.infer<typeof hostLine>): Told | undefined {
  if (host.level !== 'error' && host.level !== 'warn') return undefined;
  const text = host.message.split('\n', 1)[0] ?? '';
  const subject = host.category === 'Host.Worker' ? 'function app' : host.category;
  return { time: host.time, subject, text, tone: host.level === 'error' ? 'bad' : 'waiting' };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
