/**
 * All randomness of a world: a number from 0 up to 1 for the seed and the name of what is decided. It depends on nothing
 * else, so a decision stays the same when other faults are left out, and a failure can be made smaller.
 */
export type Random = (name: string) => number;

/** The randomness of a seed: FNV-1a over the name, then murmur3's finalizer, whose bits are even. */
export function randomOf(seed: number): Random {
  const start = mixed(seed ^ 0x9e3779b9);
  return (name) => {
    let hash = start;
    for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
    return mixed(hash) / 4_294_967_296;
  };
}

/** One of the values, by a random number. */
export function pick<T>(values: readonly [T, ...T[]], random: number): T {
  return values[Math.floor(random * values.length)] ?? values[0];
}

/** A whole number from `least` up to and including `most`, by a random number. */
export function between(least: number, most: number, random: number): number {
  return least + Math.floor(random * (most - least + 1));
}

/** A GUID that is the same for the same name. */
export function guidOf(random: Random, name: string): string {
  const hex = Array.from({ length: 4 }, (_, part) => Math.floor(random(`${name} ${part}`) * 4_294_967_296))
    .map((value) => value.toString(16).padStart(8, '0'))
    .join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}

function mixed(value: number): number {
  let hash = value >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
