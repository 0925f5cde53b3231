import type { Problem } from './problem.ts';

/** What was read: a value, `null` where Azure said that there is none, or nothing at all. Absent is not unreadable. */
export type Known<T> =
  | { readonly known: true; readonly value: T | null }
  | { readonly known: false; readonly problem: Problem };

export function known<T>(value: T | null): Known<T> {
  return { known: true, value };
}

export function unknown<T>(problem: Problem): Known<T> {
  return { known: false, problem };
}
