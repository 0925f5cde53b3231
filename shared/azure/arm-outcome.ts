import { AsyncLocalStorage } from 'node:async_hooks';
import { isRestError, type PipelinePolicy, type PipelineResponse } from '@azure/core-rest-pipeline';
import { answerIn } from './arm-error-table.ts';

/** What ARM answered when it refused. `code` is `status` as text where the body has none; `0` = no answer at all. */
export type ArmError = {
  readonly status: number;
  readonly code: string;
  /** Codes of the inner `details`, which the network SDK drops. */
  readonly innerCodes: readonly string[];
  readonly message: string;
  readonly retryAfterSeconds: number | null;
  readonly requestId: string | null;
};

export type ArmOutcome<T> =
  /** `status` is that of the last answer: a DELETE of what is not there says 204. */
  | { readonly ok: true; readonly value: T; readonly status: number; readonly retryAfterSeconds: number | null }
  | { readonly ok: false; readonly error: ArmError };

type Call = { response: PipelineResponse | null };
const currentCall = new AsyncLocalStorage<Call>();

/**
 * Keeps the last full answer of the current call. Needed because an SDK poller fails with a plain Error without a
 * code, and the network SDK leaves out `details[]` (checked with arm-network 39 and core-lro 3.3).
 */
export const captureAnswer: PipelinePolicy = {
  name: 'flowkeeperCaptureAnswer',
  async sendRequest(request, next) {
    const call = currentCall.getStore();
    if (call) call.response = null;
    try {
      const response = await next(request);
      if (call) call.response = response;
      return response;
    } catch (error) {
      // The older SDKs turn a refusal into an error inside the pipeline.
      if (call && isRestError(error)) call.response = error.response ?? null;
      throw error;
    }
  },
};

/** Runs one SDK call. What ARM refuses is a value; an error without any answer has status 0. A bug still throws. */
export async function arm<T>(send: () => Promise<T>): Promise<ArmOutcome<T>> {
  const call: Call = { response: null };
  try {
    const value = await currentCall.run(call, send);
    return { ok: true, value, status: call.response?.status ?? 0, retryAfterSeconds: retryAfter(call.response) };
  } catch (error) {
    if (call.response) return { ok: false, error: fromResponse(call.response) };
    if (isTransport(error)) return { ok: false, error: noAnswer(error) };
    throw error;
  }
}

/** As `arm`, where "there is none" (404) is an answer like any other: null. */
export async function armFind<T>(send: () => Promise<T>): Promise<ArmOutcome<T | null>> {
  const outcome = await arm(send);
  return !outcome.ok && answerIn(outcome.error) === 'gone' ? said(null) : outcome;
}

/** The body of the last answer of the call that this is asked in, with the fields that the SDK's models leave out. */
export function wholeAnswer(): unknown {
  return parseJson(currentCall.getStore()?.response?.bodyAsText ?? '');
}

/** A value that needed no request, or the answer that there is none. */
export function said<T>(value: T): ArmOutcome<T> {
  return { ok: true, value, status: 404, retryAfterSeconds: null };
}

function fromResponse(response: PipelineResponse): ArmError {
  const { code, message, innerCodes } = parseBody(response.bodyAsText ?? '');
  return {
    status: response.status,
    code: code ?? response.headers.get('x-ms-error-code') ?? String(response.status),
    innerCodes,
    message: message ?? `Azure answered ${response.status}.`,
    retryAfterSeconds: retryAfter(response),
    requestId: response.headers.get('x-ms-request-id') ?? null,
  };
}

type Field = { readonly [name: string]: unknown };
const isObject = (value: unknown): value is Field => typeof value === 'object' && value !== null;
const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** Reads ARM's `{ error: { code, message, details } }`, also inside the status of a long-running operation. */
function parseBody(text: string): { code: string | null; message: string | null; innerCodes: string[] } {
  const body = parseJson(text);
  const error = isObject(body) && isObject(body.error) ? body.error : isObject(body) ? body : {};
  const details = Array.isArray(error.details) ? error.details.filter(isObject) : [];
  return {
    code: textOf(error.code),
    message: textOf(error.message),
    innerCodes: details.map(({ code }) => textOf(code)).filter((code) => code !== null),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** `Retry-After` in seconds; the header may also be a date (RFC 9110, 10.2.3). */
function retryAfter(response: PipelineResponse | null): number | null {
  const text = response?.headers.get('retry-after');
  if (!text) return null;
  const sentAt = Date.parse(response?.headers.get('date') ?? '');
  const seconds = /^\d+$/.test(text) ? Number(text) : (Date.parse(text) - sentAt) / 1000;
  return Number.isFinite(seconds) ? Math.max(0, Math.ceil(seconds)) : null;
}

function isTransport(error: unknown): error is Error {
  return (
    error instanceof Error &&
    (isRestError(error) ||
      error.name === 'AbortError' ||
      error.name === 'AuthenticationError' ||
      error.name === 'CredentialUnavailableError')
  );
}

function noAnswer(error: Error): ArmError {
  const code = isObject(error) ? (textOf((error as Field).code) ?? error.name) : 'NoAnswer';
  return { status: 0, code, innerCodes: [], message: error.message, retryAfterSeconds: null, requestId: null };
}
