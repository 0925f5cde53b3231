import { type BlockBlobClient, RestError } from '@azure/storage-blob';
import { v5 as uuidv5 } from 'uuid';
import type { Policy } from '../policy/document.ts';
import { parsePolicy } from '../policy/parse-policy.ts';
import type { Violation } from '../violations.ts';

/** The policy in force. `etag` is compared before every write to Azure, `hash` is in every record. */
export type CurrentPolicy = {
  readonly policy: Policy;
  readonly etag: string;
  readonly hash: string;
  readonly text: string;
  /** What is wrong with a newer version that was uploaded, because of which this one is still in force. */
  readonly refused: readonly Violation[] | null;
};

export type Saved =
  | { readonly kind: 'saved'; readonly etag: string; readonly created: boolean; readonly policy: Policy }
  | { readonly kind: 'refused'; readonly problems: readonly Violation[] }
  /** Someone else changed it since it was read. */
  | { readonly kind: 'stale' };

export type Conditions = { readonly ifMatch?: string; readonly ifNoneMatch?: string };

export type PolicyStore = {
  /** The policy in force, or null before the first. A new version that does not parse leaves the last good one in force. */
  current(): Promise<CurrentPolicy | null>;
  /** The version in the store right now, without reading it: for the fence. Null before the first. */
  etag(): Promise<string | null>;
  save(document: unknown, conditions: Conditions): Promise<Saved>;
};

/**
 * Keeps the policy document in one blob, which anyone with the right to write it may also upload. Every document that
 * parsed is copied to a second one: so the last good version stays in force when a wrong one is uploaded, also for a
 * process that has never seen it.
 */
export function createPolicyStore(blob: BlockBlobClient, lastGood: BlockBlobClient): PolicyStore {
  let last: CurrentPolicy | null = null;

  async function take(text: string, etag: string): Promise<CurrentPolicy | null> {
    const parsed = parsePolicy(parseJson(text));
    if (!parsed.ok) return takeLastGood(etag, parsed.problems);
    if (last?.text !== text) await upload(lastGood, text, {});
    return { policy: parsed.policy, etag, hash: hashOf(text), text, refused: null };
  }

  async function takeLastGood(etag: string, refused: readonly Violation[]): Promise<CurrentPolicy | null> {
    const read = await ifThere(() => lastGood.download());
    if (read === 'absent' || read === 'unchanged') return null;
    const text = await streamText(read.readableStreamBody);
    const parsed = parsePolicy(parseJson(text));
    // Not what this process saw last: another may have seen a later good version.
    return parsed.ok ? { policy: parsed.policy, etag, hash: hashOf(text), text, refused } : null;
  }

  return {
    async current() {
      const read = await ifThere(() =>
        blob.download(0, undefined, last ? { conditions: { ifNoneMatch: last.etag } } : {}),
      );
      if (read === 'absent') return null;
      if (read === 'unchanged') return last;
      const text = await streamText(read.readableStreamBody);
      last = await take(text, read.etag ?? '');
      return last;
    },

    async etag() {
      const read = await ifThere(() => blob.getProperties());
      return read === 'absent' || read === 'unchanged' ? null : (read.etag ?? null);
    },

    async save(document, { ifMatch, ifNoneMatch }) {
      const parsed = parsePolicy(document);
      if (!parsed.ok) return { kind: 'refused', problems: parsed.problems };
      const text = JSON.stringify(document, null, 2);
      const created = (await this.etag()) === null;
      try {
        const etag = await upload(blob, text, {
          ...(ifMatch ? { ifMatch } : {}),
          ...(ifNoneMatch ? { ifNoneMatch } : {}),
        });
        last = await take(text, etag);
        return { kind: 'saved', etag, created, policy: parsed.policy };
      } catch (error) {
        if (error instanceof RestError && (error.statusCode === 412 || error.statusCode === 409))
          return { kind: 'stale' };
        throw error;
      }
    },
  };
}

async function upload(blob: BlockBlobClient, text: string, conditions: Conditions): Promise<string> {
  const blobHTTPHeaders = { blobContentType: 'application/json' };
  return (await blob.upload(text, Buffer.byteLength(text), { blobHTTPHeaders, conditions })).etag ?? '';
}

async function ifThere<T>(read: () => Promise<T>): Promise<T | 'absent' | 'unchanged'> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof RestError && error.statusCode === 404) return 'absent';
    if (error instanceof RestError && error.statusCode === 304) return 'unchanged';
    throw error;
  }
}

async function streamText(stream: NodeJS.ReadableStream | undefined): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream ?? []) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The same for the same document, whenever it was uploaded. */
function hashOf(text: string): string {
  return uuidv5(text, uuidv5.URL).slice(0, 13);
}
