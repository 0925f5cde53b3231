import type { Delivery } from './delivery.ts';
import type { Operation } from './operation.ts';
import type { Resource } from './resource-type.ts';

/** One thing that is kept, in full. */
export type Kept =
  | { readonly kind: 'resource'; readonly value: Resource }
  | { readonly kind: 'operation'; readonly value: Operation }
  | { readonly kind: 'delivery'; readonly value: Delivery };

/** One thing to write; `null` removes it. */
export type Change =
  | { readonly kind: 'resource'; readonly key: string; readonly value: Resource | null }
  | { readonly kind: 'operation'; readonly key: string; readonly value: Operation | null }
  | { readonly kind: 'delivery'; readonly key: string; readonly value: Delivery | null };

/** Where the store keeps its state: all changes of a `write` are kept together or not at all. */
export type Persistence = {
  load(): Iterable<Kept>;
  write(changes: readonly Change[]): void;
};

/** Keeps nothing: for simulations that live in one process. */
export const noPersistence: Persistence = { load: () => [], write: () => undefined };
