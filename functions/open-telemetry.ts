import type { TokenCredential } from '@azure/core-auth';
import { context, metrics, propagation, trace } from '@opentelemetry/api';
import type { PushMetricExporter } from '@opentelemetry/sdk-metrics';
import type { SpanExporter } from '@opentelemetry/sdk-trace-base';
import { createTelemetry, type Telemetry } from '../shared/telemetry/telemetry.ts';
import type { Settings } from './settings.ts';

type Exporters = { readonly metrics: PushMetricExporter; readonly spans: SpanExporter };

/**
 * Metrics and traces by OpenTelemetry: to Application Insights by the app's identity where its connection string is set, to any
 * collector where `OTEL_EXPORTER_OTLP_ENDPOINT` is. The SDK is loaded only for the sake of one of them.
 */
export async function openTelemetry(settings: Settings, credential: TokenCredential): Promise<Telemetry> {
  const exporters = await exportersOf(settings, credential);
  if (exporters.length === 0)
    return createTelemetry(metrics.getMeter('flowkeeper'), trace.getTracer('flowkeeper'), () => Promise.resolve());

  const [
    { MeterProvider, PeriodicExportingMetricReader },
    { AlwaysOnSampler, BasicTracerProvider, BatchSpanProcessor },
    base,
  ] = await Promise.all([
    import('@opentelemetry/sdk-metrics'),
    import('@opentelemetry/sdk-trace-base'),
    sharedParts(settings),
  ]);
  const { resource, contextManager, propagator } = base;
  context.setGlobalContextManager(contextManager);
  propagation.setGlobalPropagator(propagator);
  const exportIntervalMillis = settings.metricIntervalMs;
  const meters = new MeterProvider({
    resource,
    readers: exporters.map(
      ({ metrics }) =>
        new PeriodicExportingMetricReader({
          exporter: metrics,
          exportIntervalMillis,
          exportTimeoutMillis: exportIntervalMillis,
        }),
    ),
  });
  const tracers = new BasicTracerProvider({
    resource,
    // The host passes a trace on as unsampled where nobody listens to its own spans; ours are few, and evidence.
    sampler: new AlwaysOnSampler(),
    spanProcessors: exporters.map(({ spans }) => new BatchSpanProcessor(spans)),
  });
  return createTelemetry(meters.getMeter('flowkeeper'), tracers.getTracer('flowkeeper'), async () => {
    await Promise.all([meters.forceFlush(), tracers.forceFlush()]);
  });
}

async function exportersOf(settings: Settings, credential: TokenCredential): Promise<readonly Exporters[]> {
  return [
    ...(settings.applicationInsights ? [await azureMonitor(settings.applicationInsights, credential)] : []),
    ...(settings.otlpEndpoint ? [await otlp(settings.otlpEndpoint)] : []),
  ];
}

async function azureMonitor(connectionString: string, credential: TokenCredential): Promise<Exporters> {
  const { AzureMonitorMetricExporter, AzureMonitorTraceExporter } = await import(
    '@azure/monitor-opentelemetry-exporter'
  );
  const options = { connectionString, credential, disableOfflineStorage: true };
  return { metrics: new AzureMonitorMetricExporter(options), spans: new AzureMonitorTraceExporter(options) };
}

/** OTLP over HTTP with JSON bodies, at the paths that the protocol names. */
async function otlp(endpoint: string): Promise<Exporters> {
  const [{ OTLPMetricExporter }, { OTLPTraceExporter }] = await Promise.all([
    import('@opentelemetry/exporter-metrics-otlp-http'),
    import('@opentelemetry/exporter-trace-otlp-http'),
  ]);
  return {
    metrics: new OTLPMetricExporter({ url: `${endpoint}/v1/metrics` }),
    spans: new OTLPTraceExporter({ url: `${endpoint}/v1/traces` }),
  };
}

async function sharedParts({ deployment }: Settings) {
  const [{ resourceFromAttributes }, { AsyncLocalStorageContextManager }, { W3CTraceContextPropagator }] =
    await Promise.all([
      import('@opentelemetry/resources'),
      import('@opentelemetry/context-async-hooks'),
      import('@opentelemetry/core'),
    ]);
  return {
    resource: resourceFromAttributes({ 'service.name': 'flowkeeper', 'service.namespace': deployment }),
    contextManager: new AsyncLocalStorageContextManager().enable(),
    propagator: new W3CTraceContextPropagator(),
  };
}
