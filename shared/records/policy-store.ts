import { type BlockBlobClient, RestError } from '@azure/storage-blob';
import { v5 as uuidv5 } from 'uuid';
import type { Policy } from '../policy/document.ts';
import { type ParsedPolicy, parsePolicy } from '../policy/parse-policy.ts';

/** The policy in force. `etag` is compared before every write to Azure, `hash` is in every record. */
export type CurrentPolicy = {
  readonly policy: Policy;
  readonly etag: string;
  readonly hash: string;
  readonly text: string;
};

export type Saved =
  | { readonly kind: 'saved'; readonly etag: string; readonly created: boolean; readonly policy: Policy }
  | { readonly kind: 'refused'; readonly problems: Extract<ParsedPolicy, { ok: false }>['problems'] }
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

/** Keeps the policy document in one blob. Anyone with the right to write the blob may also upload it. */
export function createPolicyStore(blob: BlockBlobClient): PolicyStore {
  let last: CurrentPolicy | null = null;
  return {
    async current() {
      const read = await ifThere(() =>
        blob.download(0, undefined, last ? { conditions: { ifNoneMatch: last.etag } } : {}),
      );
      if (read === 'absent') return null;
      if (read === 'unchanged') return last;
      const text = await streamText(read.readableStreamBody);
      const parsed = parsePolicy(parseJson(text));
      if (parsed.ok) last = { policy: parsed.policy, etag: read.etag ?? '', hash: hashOf(text), text };
      else if (last) last = { ...last, etag: read.etag ?? '' };
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
        const { etag = '' } = await blob.upload(text, Buffer.byteLength(text), {
          blobHTTPHeaders: { blobContentType: 'application/json' },
          conditions: { ...(ifMatch ? { ifMatch } : {}), ...(ifNoneMatch ? { ifNoneMatch } : {}) },
        });
        last = { policy: parsed.policy, etag, hash: hashOf(text), text };
        return { kind: 'saved', etag, created, policy: parsed.policy };
      } catch (error) {
        if (error instanceof RestError && (error.statusCode === 412 || error.statusCode === 409))
          return { kind: 'stale' };
        throw error;
      }
    },
  };
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
