import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';
import type { JsonObject } from '../../../infra/local/arm/core/json.ts';

const eventSchema = z.record(z.string(), z.json());
const bodySchema = z.union([z.array(eventSchema), eventSchema]);

type Received = {
  readonly events: readonly JsonObject[];
  readonly isArray: boolean;
  readonly headers: { readonly [name: string]: unknown };
};

/** A webhook that does Event Grid's handshakes and keeps what it receives; `answers` are the statuses of its next answers. */
export async function startWebhook(answers: number[] = []) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    if (request.method === 'OPTIONS') {
      response.writeHead(200, { 'WebHook-Allowed-Origin': String(request.headers['webhook-request-origin']) }).end();
      return;
    }
    const body = bodySchema.parse(JSON.parse(Buffer.concat(chunks).toString()));
    const events = Array.isArray(body) ? body : [body];
    const validation = events.find(({ eventType }) => eventType === 'Microsoft.EventGrid.SubscriptionValidationEvent');
    const status = validation === undefined ? (answers.shift() ?? 200) : 200;
    if (validation === undefined) received.push({ events, isArray: Array.isArray(body), headers: request.headers });
    const { validationCode } = z
      .object({ validationCode: z.string() })
      .catch({ validationCode: '' })
      .parse(validation?.data);
    response
      .writeHead(status)
      .end(validation === undefined ? '' : JSON.stringify({ validationResponse: validationCode }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/events?code=secret`,
    received,
    events: () => received.flatMap(({ events }) => events),
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
