import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { ArmError } from '../core/arm-error.ts';
import type { World } from '../core/world.ts';
import { pathOf } from './arm-listener.ts';
import type { Azurite } from './azurite.ts';
import { refuseBlobRequest } from './blob-access.ts';
import { type Fault, type Faults, faultError, losesRequest } from './faults.ts';
import type { Tokens } from './tokens.ts';

/** One request to the blob endpoint, for the journal. */
export type BlobServed = {
  readonly principalId: string | null;
  readonly method: string;
  readonly url: URL;
  readonly clientRequestId: string | undefined;
  readonly status: number;
  readonly startedAt: number;
};

const storageAudiences = ['https://storage.azure.com', 'https://storage.azure.com/'];

/**
 * The blob service of the estate's storage accounts over HTTPS, at `/{account}/…`, to read only: the token, the account's
 * firewall and the caller's roles are checked as in Azure, then Azurite answers, which would check none of them.
 */
export function createBlobEndpoint(
  world: World,
  tokens: Tokens,
  faults: Faults,
  azurite: Azurite,
  served: (served: BlobServed) => void,
): RequestListener {
  return (incoming, response) => {
    serve(incoming, response).catch((error: unknown) => {
      console.error(`The blob endpoint failed on ${incoming.method} ${incoming.url?.split('?')[0]}:`, error);
      response.destroy();
    });
  };

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const startedAt = Date.now();
    const method = incoming.method ?? 'GET';
    const url = new URL(incoming.url ?? '/', 'https://localhost');
    const clientRequestId = incoming.headers['x-ms-client-request-id']?.toString();
    const fault = faults.hit({ method, path: pathOf(url) });
    if (fault !== undefined && fault.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, fault.delayMs));
    const isLost = fault !== undefined && (fault.effect === 'after' || losesRequest(fault));
    const principalId = isLost ? null : await answer(incoming, method, url, fault, response);
    if (isLost) response.destroy();
    served({ principalId, method, url, clientRequestId, status: isLost ? 0 : response.statusCode, startedAt });
  }

  /** Answers, and tells who asked, where the token proved it. */
  async function answer(
    incoming: IncomingMessage,
    method: string,
    url: URL,
    fault: Fault | undefined,
    response: ServerResponse,
  ): Promise<string | null> {
    let principalId: string | null = null;
    try {
      const error = fault === undefined ? undefined : faultError(fault);
      if (error !== undefined) throw error;
      const caller = await tokens.verify(incoming.headers.authorization, storageAudiences);
      principalId = caller.principalId;
      const [, account = '', ...path] = pathOf(url).split('/');
      refuseBlobRequest(world, caller, { method, account, path, query: url.searchParams });
      const inAccount = url.pathname.slice(`/${account}`.length);
      await forward(await azurite.readable(account, `${inAccount}${url.search}`), method, response);
    } catch (error) {
      if (!(error instanceof ArmError)) throw error;
      refuse(response, error);
    }
    return principalId;
  }
}

async function forward(url: URL, method: string, response: ServerResponse): Promise<void> {
  const answer = await fetch(url, { method, headers: { 'x-ms-version': '2025-01-05' } });
  const kept = [...answer.headers].filter(([name]) => /^(x-ms-|content-type$|etag$|last-modified$)/.test(name));
  response.writeHead(answer.status, Object.fromEntries(kept));
  response.end(Buffer.from(await answer.arrayBuffer()));
}

/** Storage answers errors as XML. */
function refuse(response: ServerResponse, { status, error, headers }: ArmError): void {
  const text = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${error.code}</Code><Message>${error.message}</Message></Error>`;
  const challenge = headers['WWW-Authenticate'];
  response.writeHead(status, {
    'Content-Type': 'application/xml',
    'Content-Length': Buffer.byteLength(text),
    'x-ms-error-code': error.code,
    ...(challenge === undefined ? undefined : { 'WWW-Authenticate': challenge }),
  });
  response.end(text);
}
