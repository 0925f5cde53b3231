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
  readonly attemptedAt?: number;
  /** What came of the last attempt, in Event Grid's words. */
  readonly lastOutcome?: string;
  /** Set when it is delivered no more, and only waits to become a dead letter. */
  readonly deadBecause?: 'MaxDeliveryAttemptsExceeded' | 'TimeToLiveExceeded' | 'Undeliverable';
};
