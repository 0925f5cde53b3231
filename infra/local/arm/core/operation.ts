import type { ErrorBody } from './exchange.ts';
import type { JsonObject } from './json.ts';

/** Who asked for a change and how: what an event about it tells. */
export type Origin = {
  readonly principalId: string;
  readonly claims: JsonObject;
  readonly correlationId: string;
  readonly evidence: JsonObject;
  /** Present when an existing resource is updated or deleted, as the documentation of the events says. */
  readonly httpRequest?: JsonObject | undefined;
};

/** A long-running operation (`move`: of resources out of a group), or (`followUp`) a write that Azure itself has decided to do later. */
export type Operation = {
  readonly id: string;
  readonly kind: 'put' | 'delete' | 'move' | 'followUp';
  readonly resourceId: string;
  readonly subscriptionId: string;
  readonly location: string;
  readonly status: 'InProgress' | 'Succeeded' | 'Failed' | 'Canceled';
  readonly startedAt: number;
  /** When it ends; `null` while it waits for something outside (a webhook's handshake). */
  readonly dueAt: number | null;
  /** The error with which it will end, when a fault was scripted. */
  readonly failure?: ErrorBody | undefined;
  readonly error?: ErrorBody | undefined;
  readonly endedAt?: number | undefined;
  /** Keys that nobody else may write meanwhile. */
  readonly holds: readonly string[];
  readonly origin: Origin;
  /** What a follow-up writes; what is moved, and to which group. */
  readonly body?: JsonObject | undefined;
};
