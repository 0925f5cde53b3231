import { nameOf } from '../../../shared/resource-id.ts';
import type { AppLine, Memory, Tone } from './narrator.ts';
import { becauseWords, driftWords, reasonWords, things } from './narrator-words.ts';

type Phrase = { readonly text: string; readonly tone: Tone };

/** What a line about a network says to a person; undefined when it is no news. */
export function narrateNetwork(id: string, line: AppLine, time: Date, memory: Memory): Phrase | undefined {
  switch (line.msg) {
    case 'work accepted': {
      const text = reasonWords[line.reason ?? ''];
      if (text === undefined) return undefined;
      if (!memory.began.has(id)) memory.began.set(id, time.getTime());
      return news(id, { text, tone: 'plain' }, memory);
    }
    case 'plan made':
      return narratePlan(id, line, memory);
    case 'step finished':
      return narrateStep(id, line, time, memory);
    case 'undo finished':
      return narrateUndo(line);
    case 'network settled':
      return narrateSettled(id, line, time, memory);
    default:
      return undefined;
  }
}

/** What a line about a storage account and its identity says to a person. */
export function narrateDestination(line: AppLine, time: Date, memory: Memory): Phrase | undefined {
  const account = line.account ?? '';
  switch (line.msg) {
    case 'step finished':
      return narrateStep(account, line, time, memory);
    case 'undo finished':
      return narrateUndo(line);
    case 'destination settled': {
      if (line.state === 'ready')
        return news(account, { text: 'ready: the identity may write flow logs', tone: 'good' }, memory);
      const left = line.leftovers?.length ? `; could not be removed: ${line.leftovers.map(nameOf).join(', ')}` : '';
      return news(account, { text: `blocked: ${problemText(line, memory)}${left}`, tone: 'bad' }, memory);
    }
    default:
      return undefined;
  }
}

/** A network that waited for its storage account is planned again; that is told once. */
function narratePlan(id: string, line: AppLine, memory: Memory): Phrase | undefined {
  // Where it is not going to be done, the settling says why.
  if (line.change === undefined || line.change === 'none' || line.because) return undefined;
  const drifts = (line.drifts ?? []).map((drift) => driftWords[drift] ?? drift).join(', ');
  const todo = line.change === 'create' ? 'created' : 'repaired';
  const text = `${drifts || 'differs from the policy'} → to be ${todo}`;
  return news(`${id} plan`, { text, tone: 'waiting' }, memory);
}

function narrateSettled(id: string, line: AppLine, time: Date, memory: Memory): Phrase | undefined {
  const isCompliant = line.state === 'Compliant';
  const tone = isCompliant ? 'good' : line.state === 'Blocked' || line.state === 'Contested' ? 'bad' : 'plain';
  const phrase = news(id, { text: settledText(line, memory), tone }, memory);
  if (line.because === 'waiting' || line.because === 'settling') return phrase;
  memory.lastSaid.delete(`${id} plan`);
  const took = elapsed(id, time, memory);
  return phrase && { ...phrase, text: `${phrase.text}${isCompliant ? took : ''}` };
}

function narrateStep(id: string, line: AppLine, time: Date, memory: Memory): Phrase | undefined {
  const thing = things[line.step ?? ''] ?? line.step ?? 'step';
  const key = `${id} ${line.step}`;
  switch (line.status) {
    case 'running':
      if (!memory.began.has(key)) memory.began.set(key, time.getTime());
      return undefined;
    case 'done': {
      const took = elapsed(key, time, memory);
      if (line.did === undefined || line.did === null || line.did === 'unchanged') return undefined;
      memory.lastSaid.delete(id);
      return { text: `${thing} ${line.did}${detail(line)}${took}`, tone: 'plain' };
    }
    case 'retry': {
      const next = line.afterSeconds ? ` → again in ${seconds(line.afterSeconds)}` : ' → tried again';
      return { text: `${thing} refused for now: ${problemText(line, memory)}${next}`, tone: 'waiting' };
    }
    case 'fatal':
      memory.began.delete(key);
      return { text: `${thing} refused for good: ${problemText(line, memory)}`, tone: 'bad' };
    case 'stopped':
      memory.began.delete(key);
      return {
        text: `${thing} left as it is: ${becauseWords[line.code ?? ''] ?? problemText(line, memory)}`,
        tone: 'plain',
      };
    default:
      return undefined;
  }
}

/** Where a flow log goes and by which identity, or the name of an identity; other names say nothing to a person. */
function detail(line: AppLine): string {
  if (line.step === 'ensureIdentity') return named(line);
  if (line.storageAccountId == null) return '';
  const identity = line.identityId == null ? 'no identity' : `identity ${nameOf(line.identityId)}`;
  return ` → ${nameOf(line.storageAccountId)} (${identity})`;
}

function narrateUndo(line: AppLine): Phrase | undefined {
  const thing = things[line.step ?? ''] ?? line.step ?? 'step';
  if (line.did === 'unchanged') return undefined;
  if (line.status === 'done')
    return { text: `undone: ${thing} ${line.did ?? 'removed'}${named(line)}`, tone: 'waiting' };
  return { text: `could not be undone: ${thing}${named(line)}`, tone: 'bad' };
}

function settledText(line: AppLine, memory: Memory): string {
  if (line.state === 'Compliant') return 'compliant';
  const why = becauseWords[line.because ?? ''] ?? line.because;
  const until = line.until ? ` until ${clock(new Date(line.until))}` : '';
  const problem = line.code || line.message ? `: ${problemText(line, memory)}` : '';
  return `${stateWords(line.state ?? 'settled')}${why ? ` (${why}${until})` : until}${problem}`;
}

/** `NonCompliant` → `not compliant`, `OutOfScope` → `out of scope`. */
function stateWords(state: string): string {
  return state
    .replace('NonCompliant', 'NotCompliant')
    .replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter}`)
    .toLowerCase();
}

/** Code and message; the code alone where the same message was told before. */
function problemText(line: AppLine, memory: Memory): string {
  const message = line.message?.replace(/\s+/g, ' ').trim();
  const isNew = message !== undefined && !memory.toldMessages.has(message);
  if (message !== undefined) memory.toldMessages.add(message);
  if (line.code && message && isNew) return `${line.code}, ${message}`;
  return line.code ?? message ?? 'no reason given';
}

function named(line: AppLine): string {
  return line.resourceId === undefined ? '' : ` (${nameOf(line.resourceId)})`;
}

/** Passes on what was not the last thing said about this subject. */
function news(id: string, phrase: Phrase, memory: Memory): Phrase | undefined {
  if (memory.lastSaid.get(id) === phrase.text) return undefined;
  memory.lastSaid.set(id, phrase.text);
  return phrase;
}

function elapsed(key: string, time: Date, memory: Memory): string {
  const began = memory.began.get(key);
  memory.began.delete(key);
  return began === undefined ? '' : `  ${seconds((time.getTime() - began) / 1000)}`;
}

function seconds(value: number): string {
  return value < 10 ? `${value.toFixed(1)} s` : `${Math.round(value)} s`;
}

function clock(time: Date): string {
  return time.toTimeString().slice(0, 8);
}
