import type { PipelinePolicy, PipelineRequest, PipelineResponse } from '@azure/core-rest-pipeline';
import { SpanKind } from '@opentelemetry/api';
import { type ArmAnswer, type Telemetry, tellSpan } from './telemetry.ts';

/** Counts every answer of ARM, and gives each request its span. Addresses are told without their query: poll URLs carry signatures. */
export function armTelemetry(telemetry: Telemetry): PipelinePolicy {
  return {
    name: 'flowkeeperTelemetry',
    sendRequest(request, next) {
      const { pathname } = new URL(request.url);
      const attributes = { 'http.request.method': request.method, 'url.path': pathname };
      return telemetry.span(
        `${request.method} ${typeOf(pathname)}`,
        { kind: SpanKind.CLIENT, attributes },
        async () => {
          const response = await next(request);
          tellSpan({ 'http.response.status_code': response.status });
          telemetry.armAnswered(answerOf(request, response, pathname));
          return response;
        },
      );
    },
  };
}

function answerOf({ method }: PipelineRequest, { status, headers }: PipelineResponse, pathname: string): ArmAnswer {
  const subscription = /^\/subscriptions\/([^/]+)/i.exec(pathname)?.[1]?.toLowerCase() ?? 'tenant';
  const kinds = ['reads', 'writes', 'deletes'];
  const [remaining = null] = kinds.flatMap((kind) => {
    const left = headers.get(`x-ms-ratelimit-remaining-subscription-${kind}`);
    return left === undefined ? [] : [{ kind, count: Number(left) }];
  });
  return { subscription, method, status, remaining };
}

/** The type in an address, without names: `virtualNetworks`, `networkWatchers/flowLogs`. */
function typeOf(pathname: string): string {
  const [, provided] = /.*\/providers\/[^/]+\/(.+)$/i.exec(pathname) ?? [];
  return (provided ?? pathname.split('/').at(-1) ?? '')
    .split('/')
    .filter((_, index) => index % 2 === 0)
    .join('/');
}
