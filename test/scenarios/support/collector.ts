import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { z } from 'zod';

const attributes = z
  .array(z.object({ key: z.string(), value: z.record(z.string(), z.union([z.string(), z.number()])) }))
  .default([])
  .transform((all) => Object.fromEntries(all.map(({ key, value }) => [key, Object.values(value)[0]])));
const point = z.looseObject({ attributes, asDouble: z.number().optional(), asInt: z.number().optional() });
const points = z.object({ dataPoints: z.array(point) });
const metric = z.object({
  name: z.string(),
  sum: points.optional(),
  gauge: points.optional(),
  histogram: points.optional(),
});
const metricsBody = z.object({
  resourceMetrics: z.array(z.object({ scopeMetrics: z.array(z.object({ metrics: z.array(metric) })) })),
});
const span = z.object({
  name: z.string(),
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  attributes,
});
const tracesBody = z.object({
  resourceSpans: z.array(z.object({ scopeSpans: z.array(z.object({ spans: z.array(span) })) })),
});

/** A collector of OpenTelemetry: what it was sent by OTLP over HTTP, the newest points of each metric first. */
export async function startCollector() {
  const metrics: z.infer<typeof metric>[] = [];
  const spans: z.infer<typeof span>[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    if (request.url === '/v1/metrics')
      metrics.unshift(
        ...metricsBody.parse(body).resourceMetrics.flatMap((one) => one.scopeMetrics.flatMap((scope) => scope.metrics)),
      );
    if (request.url === '/v1/traces')
      spans.push(
        ...tracesBody.parse(body).resourceSpans.flatMap((one) => one.scopeSpans.flatMap((scope) => scope.spans)),
      );
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    points(name: string) {
      const found = metrics.find((one) => one.name === name);
      return (found?.sum ?? found?.gauge ?? found?.histogram)?.dataPoints ?? [];
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}
