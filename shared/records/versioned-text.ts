import { type BlockBlobClient, RestError } from '@azure/storage-blob';

export type Conditions = { readonly ifMatch?: string; readonly ifNoneMatch?: string };
export type Versioned = { readonly text: string; readonly etag: string };

/** A text of which each version has an ETag. */
export type VersionedText = {
  /** The text, null where there is none, or `unchanged` where it still has the version that is known. */
  read(known?: string): Promise<Versioned | 'unchanged' | null>;
  /** The version right now, without reading it. */
  etag(): Promise<string | null>;
  /** Writes another version and answers its ETag; `stale`: the conditions do not hold, nothing was written. */
  write(text: string, conditions: Conditions): Promise<string | 'stale'>;
};

/** A JSON document in a blob. */
export function jsonBlob(blob: BlockBlobClient): VersionedText {
  return {
    async read(known) {
      const conditions = known ? { conditions: { ifNoneMatch: known } } : {};
      const read = await when({ 404: null, 304: 'unchanged' as const }, () => blob.download(0, undefined, conditions));
      if (read === null || read === 'unchanged') return read;
      return { text: await streamText(read.readableStreamBody), etag: read.etag ?? '' };
    },
    async etag() {
      return (await when({ 404: null }, () => blob.getProperties()))?.etag ?? null;
    },
    async write(text, conditions) {
      const options = { blobHTTPHeaders: { blobContentType: 'application/json' }, conditions };
      const stale = { 409: 'stale', 412: 'stale' } as const;
      const written = await when(stale, () => blob.upload(text, Buffer.byteLength(text), options));
      return written === 'stale' ? written : (written.etag ?? '');
    },
  };
}

/** What stands for an answer with one of these statuses; every other refusal throws. */
async function when<T, Known>(
  statuses: Readonly<Record<number, Known>>,
  request: () => Promise<T>,
): Promise<T | Known> {
  try {
    return await request();
  } catch (error) {
    const status = error instanceof RestError ? (error.statusCode ?? 0) : 0;
    const known = statuses[status];
    if (known !== undefined) return known;
    throw error;
  }
}

async function streamText(stream: NodeJS.ReadableStream | undefined): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream ?? []) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}
