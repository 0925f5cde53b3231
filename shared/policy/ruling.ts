import { isDeepStrictEqual } from 'node:util';
import { v5 as uuidv5 } from 'uuid';
import { z } from 'zod';
import type { Violation } from '../violations.ts';
import { ruleMode } from './destinations.ts';
import type { Policy } from './document.ts';
import { parsePolicy } from './parse-policy.ts';

/** A document that somebody has stated, under its version. */
export type Stated = { readonly etag: string; readonly text: string };

/** How many compliant networks a document would change, and in how many of them which field. */
export const weightSchema = z.object({ networks: z.number().int(), fields: z.record(z.string(), z.number().int()) });
export type Weight = z.infer<typeof weightSchema>;

/** What is kept beside the document that was stated last: which one is in force, and what is known of the newer one. */
export const keptSchema = z.object({
  etag: z.string(),
  text: z.string(),
  /** The last document in force that let anything be written: by it networks are as they are. */
  enforced: z.string().nullable(),
  /** Of a newer document, by its version. */
  weighed: z.object({ etag: z.string(), weight: weightSchema }).nullable(),
  /** Who approved the one in force, where that was needed. */
  approved: z.object({ by: z.string().nullable(), at: z.string() }).nullable(),
});
export type Kept = z.infer<typeof keptSchema>;

/** A good document that is not in force: it is yet to be weighed (null), or waits for a person's approval. */
export type Pending = {
  readonly etag: string;
  readonly text: string;
  readonly policy: Policy;
  /** By what it is to be weighed. */
  readonly enforced: Policy;
  readonly weight: Weight | null;
  /** So many compliant networks may change without approval. */
  readonly approveAbove: number;
};

/** The policy in force. `etag` is compared before every write to Azure, `hash` is in every record. */
export type CurrentPolicy = {
  readonly policy: Policy;
  readonly etag: string;
  readonly hash: string;
  readonly text: string;
  /** The version that was stated last: another one where that is refused or pending. */
  readonly statedEtag: string;
  /** What is wrong with the version that was stated last. */
  readonly refused: readonly Violation[] | null;
  readonly pending: Pending | null;
  /** Who approved the one in force, where that was needed. */
  readonly approved: Kept['approved'];
};

/** `kept` is what is to be kept from now on; the same object where nothing changes. */
export type Ruling = { readonly current: CurrentPolicy | null; readonly kept: Kept | null };

/**
 * Which policy is in force. Pure. A wrong document leaves the last one in force, and so does one that changes many
 * compliant networks, until a person approves it. What can change none is in force at once: the kill switch needs nobody.
 */
export function ruling(stated: Stated, kept: Kept | null): Ruling {
  const parsed = parsePolicy(parseJson(stated.text));
  const former = kept && policyOf(kept.text);
  if (!parsed.ok) return { current: former && inForce(kept, former, stated, { refused: parsed.problems }), kept };
  const { policy } = parsed;
  if (former && kept.etag === stated.etag) return { current: inForce(kept, policy, stated, {}), kept };

  const pending = former && pendingOf(stated, policy, former, kept);
  if (pending) return { current: inForce(kept, former, stated, { pending }), kept };
  const now = takingForce(stated, policy, kept, null);
  return { current: inForce(now, policy, stated, {}), kept: now };
}

/** What is kept once the document is in force. */
export function takingForce(stated: Stated, policy: Policy, kept: Kept | null, approved: Kept['approved']): Kept {
  const { etag, text } = stated;
  return { etag, text, enforced: writes(policy) ? text : (kept?.enforced ?? null), weighed: null, approved };
}

/** Null where the document may be in force at once. */
function pendingOf(stated: Stated, policy: Policy, former: Policy, kept: Kept): Pending | null {
  const enforced = kept.enforced === null ? null : policyOf(kept.enforced);
  const approveAbove = stricter(former.limits.approveAbove, policy.limits.approveAbove);
  if (!enforced || approveAbove === null || !writes(policy) || sameSettings(enforced, policy)) return null;
  const weight = kept.weighed?.etag === stated.etag ? kept.weighed.weight : null;
  if (weight && weight.networks <= approveAbove) return null;
  return { ...stated, policy, enforced, weight, approveAbove };
}

/** Of the policy in force and the new one, so that a document can't wave itself through. */
function stricter(one: number | null, other: number | null): number | null {
  const limits = [one, other].filter((limit) => limit !== null);
  return limits.length === 0 ? null : Math.min(...limits);
}

/** Whether anything may be written under the policy. */
function writes(policy: Policy): boolean {
  return policy.rules.some((rule) => ruleMode(policy, rule) === 'enforce');
}

/** The same rules but for their modes ask the same of every network that is compliant. */
function sameSettings(one: Policy, other: Policy): boolean {
  const rules = ({ rules }: Policy) => rules.map(({ mode: _, ...rule }) => rule);
  return isDeepStrictEqual(rules(one), rules(other));
}

function inForce(
  { etag, text, approved }: Kept,
  policy: Policy,
  stated: Stated,
  { refused = null, pending = null }: Partial<Pick<CurrentPolicy, 'refused' | 'pending'>>,
): CurrentPolicy {
  return { policy, etag, hash: hashOf(text), text, statedEtag: stated.etag, refused, pending, approved };
}

function policyOf(text: string): Policy | null {
  const parsed = parsePolicy(parseJson(text));
  return parsed.ok ? parsed.policy : null;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The same for the same document, whenever it was stated. */
export function hashOf(text: string): string {
  return uuidv5(text, uuidv5.URL).slice(0, 13);
}
