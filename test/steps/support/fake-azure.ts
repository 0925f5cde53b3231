import { createHttpHeaders, type HttpClient, type PipelineRequest } from '@azure/core-rest-pipeline';
import { type ArmClients, createArmClients } from '../../../shared/azure/arm-clients.ts';

export const endpoint = 'https://management.test';

export type FakeAnswer = {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
};

export type Sent = {
  readonly method: string;
  readonly url: string;
  /** The path without its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
};

/** The SDK clients over a transport that answers each request by `answer`, and what was sent. */
export type FakeAzure = { readonly clients: ArmClients; readonly sent: readonly Sent[] };

export function fakeAzure(answer: (request: Sent, index: number) => FakeAnswer | Error): FakeAzure {
  const sent: Sent[] = [];
  const httpClient: HttpClient = {
    sendRequest(request) {
      const seen = sentOf(request);
      const given = answer(seen, sent.push(seen) - 1);
      if (given instanceof Error) return Promise.reject(given);
      const { status, headers = {}, body } = given;
      return Promise.resolve({
        request,
        status,
        headers: createHttpHeaders({ 'content-type': 'application/json', ...headers }),
        bodyAsText: body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body),
      });
    },
  };
  const credential = {
    getToken: () => Promise.resolve({ token: 'a-token', expiresOnTimestamp: Date.now() + 3_600_000 }),
  };
  const cloud = { endpoint, hostSuffix: '.management.test', scope: `${endpoint}/.default` };
  return { clients: createArmClients(cloud, credential, httpClient), sent };
}

function sentOf({ method, url, headers, body }: PipelineRequest): Sent {
  const text = typeof body === 'string' ? body : '';
  return { method, url, path: new URL(url).pathname, headers: headers.toJSON(), body: text ? JSON.parse(text) : null };
}

/** ARM's refusal. */
export function refusal(status: number, code: string, headers: Readonly<Record<string, string>> = {}): FakeAnswer {
  return { status, headers, body: { error: { code, message: `${code} happened.` } } };
}
