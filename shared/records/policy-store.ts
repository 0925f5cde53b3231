import type { Policy } from '../policy/document.ts';
import { parsePolicy } from '../policy/parse-policy.ts';
import {
  type CurrentPolicy,
  hashOf,
  type Kept,
  keptSchema,
  ruling,
  type Stated,
  takingForce,
  type Weight,
} from '../policy/ruling.ts';
import type { Violation } from '../violations.ts';
import type { Conditions, VersionedText } from './versioned-text.ts';

export type Saved =
  | { readonly kind: 'saved'; readonly etag: string; readonly created: boolean; readonly policy: Policy }
  | { readonly kind: 'refused'; readonly problems: readonly Violation[] }
  /** Someone else changed it since it was read. */
  | { readonly kind: 'stale' };

/** `nothingWaits`: no document waits for approval; `stale`: another one does than the one that was named. */
export type Approved = 'approved' | 'nothingWaits' | 'stale';

export type PolicyStore = {
  /** The policy in force, and what is known of a newer one; null before the first. */
  current(): Promise<CurrentPolicy | null>;
  /** The version in force right now, as cheap as can be: for the fence. Null before the first. */
  etag(): Promise<string | null>;
  /** States a document. Whether it is in force then, `current` says. */
  save(document: unknown, conditions: Conditions): Promise<Saved>;
  /** Notes what a pending document would change. */
  weigh(etag: string, weight: Weight): Promise<void>;
  /** Puts the document of this version in force, which waits for approval. */
  approve(etag: string, by: string | null, at: string): Promise<Approved>;
  /** The document that records and changes name by this hash, as it was stated; null where none was ever in force. */
  text(hash: string): Promise<string | null>;
};

/** What was read and came of it. */
type Seen = { readonly stated: Stated; readonly kept: Versioned | null; readonly current: CurrentPolicy | null };
type Versioned = { readonly value: Kept; readonly etag: string };

/**
 * Keeps the policy in two documents: the one that was stated last, which anyone with the right to write it may also
 * upload, and our own, with the one that is in force. So a wrong or a far-reaching document does not rule, also for a
 * process that has never seen the one before. Beside them stays each document that was ever in force, by its hash.
 */
export function createPolicyStore(
  stated: VersionedText,
  kept: VersionedText,
  archived: (hash: string) => VersionedText,
): PolicyStore {
  let last: Seen | null = null;

  async function look(): Promise<Seen | null> {
    const known = last;
    const [readStated, readKept] = await Promise.all([stated.read(known?.stated.etag), kept.read(known?.kept?.etag)]);
    if (readStated === 'unchanged' && readKept === 'unchanged') return known;
    const newStated = readStated === 'unchanged' ? known?.stated : readStated;
    const newKept = readKept === 'unchanged' ? (known?.kept ?? null) : readKept && parsed(readKept);
    return newStated ? rule(newStated, newKept) : null;
  }

  /** Decides which one is in force, and keeps that before anybody goes by it. */
  async function rule(from: Stated, before: Versioned | null): Promise<Seen | null> {
    const { current, kept: value } = ruling(from, before?.value ?? null);
    if (value === null || value === before?.value) {
      last = { stated: from, kept: before, current };
      return last;
    }
    const etag = await putInForce(value, before);
    if (etag === 'stale') return look();
    last = { stated: from, kept: { value, etag }, current };
    return last;
  }

  /** What records will name has to be there before they do. */
  async function putInForce(value: Kept, before: Versioned | null): Promise<string | 'stale'> {
    await archived(hashOf(value.text)).write(value.text, { ifNoneMatch: '*' });
    return keep(value, before);
  }

  function keep(value: Kept, before: Versioned | null): Promise<string | 'stale'> {
    return kept.write(JSON.stringify(value), before ? { ifMatch: before.etag } : { ifNoneMatch: '*' });
  }

  return {
    async current() {
      return (await look())?.current ?? null;
    },

    async etag() {
      const [one, other] = await Promise.all([stated.etag(), kept.etag()]);
      const same = last !== null && last.stated.etag === one && last.kept?.etag === other;
      return (same ? last?.current : await this.current())?.etag ?? null;
    },

    async save(document, conditions) {
      const read = parsePolicy(document);
      if (!read.ok) return { kind: 'refused', problems: read.problems };
      const created = (await stated.etag()) === null;
      const etag = await stated.write(JSON.stringify(document, null, 2), conditions);
      return etag === 'stale' ? { kind: 'stale' } : { kind: 'saved', etag, created, policy: read.policy };
    },

    async weigh(etag, weight) {
      const seen = await look();
      if (!seen?.kept || seen.current?.pending?.etag !== etag) return;
      if ((await keep({ ...seen.kept.value, weighed: { etag, weight } }, seen.kept)) === 'stale')
        return this.weigh(etag, weight);
    },

    async approve(etag, by, at) {
      const seen = await look();
      const pending = seen?.current?.pending;
      if (!seen?.kept || !pending?.weight) return 'nothingWaits';
      if (pending.etag !== etag) return 'stale';
      const approved = takingForce(seen.stated, pending.policy, seen.kept.value, { by, at });
      return (await putInForce(approved, seen.kept)) === 'stale' ? this.approve(etag, by, at) : 'approved';
    },

    async text(hash) {
      const read = await archived(hash).read();
      return read === null || read === 'unchanged' ? null : read.text;
    },
  };
}

function parsed({ text, etag }: Stated): Versioned {
  return { value: keptSchema.parse(JSON.parse(text)), etag };
}
