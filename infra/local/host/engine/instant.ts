/** A point in time in units of 100 ns since 1970: the resolution of the timestamps that the durable engine writes. */
export type Instant = bigint;

const PER_MS = 10_000n;

/** Reads an ISO timestamp with up to seven decimals; a text that is no time is an error. */
export function parseInstant(iso: string): Instant {
  const [, whole = iso, fraction = ''] = /^(.*T\d\d:\d\d:\d\d)(?:\.(\d{1,7})\d*)?(?:Z|\+00:00)$/.exec(iso) ?? [];
  if (whole === iso) return fromMs(new Date(iso).getTime());
  return fromMs(Date.parse(`${whole}Z`)) + BigInt(fraction.padEnd(7, '0'));
}

/** Writes as .NET does: decimals without trailing zeros, none when there is nothing after the second. */
export function formatInstant(at: Instant): string {
  const second = new Date(toMs(at)).toISOString().slice(0, 19);
  const fraction = (at % 10_000_000n).toString().padStart(7, '0').replace(/0+$/, '');
  return fraction ? `${second}.${fraction}Z` : `${second}Z`;
}

/** Milliseconds since 1970 as an instant. */
export function fromMs(ms: number): Instant {
  if (Number.isNaN(ms)) throw new RangeError('not a time');
  return BigInt(Math.round(ms * 1000)) * (PER_MS / 1000n);
}

/** An instant as milliseconds since 1970, cut to whole ones. */
export function toMs(at: Instant): number {
  return Number(at / PER_MS);
}
