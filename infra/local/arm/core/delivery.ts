import type { JsonObject } from './json.ts';

/** One event on its way to one event subscription; kept until it is delivered or given up. */
export type Delivery = {
  readonly id: string;
  /** The event subscription's id in lower case. */
  readonly subscriptionKey: string;
  readonly event: JsonObject;
  readonly attempts: number;
  readonly publishedAt: number;
  readonly dueAt: number;
};
