import type { CurrentPolicy } from '../shared/policy/ruling.ts';

/**
 * The ETag of what `GET /api/policy` shows: the version in force, and behind a `~` the one that was stated last, where
 * that is another. So it changes when the one takes force, and who sends it back has seen both.
 */
export function shownVersion({ etag, statedEtag }: Pick<CurrentPolicy, 'etag' | 'statedEtag'>): string {
  return etag === statedEtag ? etag : `"${bare(etag)}~${bare(statedEtag)}"`;
}

/** The version that was stated last, as the store knows it, from an `If-Match`. */
export function statedVersion(ifMatch: string): string {
  const [, stated] = /~([^"]+)"?$/.exec(ifMatch) ?? [];
  return stated === undefined ? ifMatch : `"${stated}"`;
}

function bare(etag: string): string {
  return etag.replaceAll('"', '');
}
