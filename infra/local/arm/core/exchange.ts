import type { Json, JsonObject } from './json.ts';
import type { Past } from './store.ts';

/** Who a request is from, as the verified token said. */
export type Caller = {
  readonly principalId: string;
  readonly clientId: string;
  readonly claims: JsonObject;
};

/** One request to ARM, independent of any socket. Header names are lower case; the path is not decoded further. */
export type ArmRequest = {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: { readonly [name: string]: string | undefined };
  readonly body: Json | undefined;
  readonly caller: Caller;
  /** A scripted fault: the request is accepted and its operation ends `Failed` with this error, or never ends. */
  readonly operationFault?: ErrorBody | 'never' | undefined;
  /** A scripted fault: the request reads what was there then. */
  readonly past?: Past | undefined;
};

/** ARM's answer; no `body` means an empty one. */
export type ArmResponse = {
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly body?: Json | undefined;
};

/** What ARM puts under `error`. */
export type ErrorBody = {
  readonly code: string;
  readonly message: string;
  readonly target?: string | undefined;
  readonly details?: readonly JsonObject[] | undefined;
  readonly additionalInfo?: readonly JsonObject[] | undefined;
};
