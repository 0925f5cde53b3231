import { context, type Meter, propagation, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api';

type Attributes = Readonly<Record<string, string | number>>;

/** What the app tells of itself: OpenTelemetry's instruments under the product's names. Without an exporter each is a no-op. */
export type Telemetry = {
  /** A network has become compliant by a change of ours; `seconds` since it was first asked for. */
  compliant(seconds: number, of: { readonly reason: string; readonly location: string }): void;
  /** Something was created, updated or deleted in Azure. */
  changed(of: { readonly step: string; readonly did: string }): void;
  /** Something came to nothing, with the code of its problem. */
  failed(code: string): void;
  /** One answer of ARM; `remaining` is what its rate limit leaves of that kind of request, where it says so. */
  armAnswered(of: ArmAnswer): void;
  /** How many networks a sweep found in each state. */
  swept(networksByState: Readonly<Partial<Record<string, number>>>): void;
  /** Runs the work inside a span, under the host's trace (a W3C `traceparent`) or the current span. */
  span<T>(name: string, of: SpanOf, work: () => Promise<T>): Promise<T>;
  /** Sends what has not been sent. */
  flush(): Promise<void>;
};

export type ArmAnswer = {
  readonly subscription: string;
  readonly method: string;
  readonly status: number;
  readonly remaining: { readonly kind: string; readonly count: number } | null;
};

export type SpanOf = { readonly kind?: SpanKind; readonly traceparent?: string; readonly attributes: Attributes };

/** Makes the instruments. Their names and units are what alerts and workbooks are written against: docs/operations.md lists them. */
export function createTelemetry(meter: Meter, tracer: Tracer, flush: () => Promise<void>): Telemetry {
  const counter = (name: string, description: string) => meter.createCounter(`flowkeeper.${name}`, { description });
  const gauge = (name: string, description: string) => meter.createGauge(`flowkeeper.${name}`, { description });
  const compliant = meter.createHistogram('flowkeeper.event_to_compliant', {
    description: 'From the first request for a network to its compliance by a change of ours',
    unit: 's',
    advice: { explicitBucketBoundaries: [10, 30, 45, 60, 90, 120, 300, 600, 1800, 3600, 86_400] },
  });
  const changes = counter('changes', 'What was created, updated or deleted in Azure');
  const failures = counter('failures', 'What came to nothing, by the code of its problem');
  const requests = counter('arm.requests', 'Answers of Azure Resource Manager');
  const remaining = gauge('arm.remaining', 'Requests that the rate limit of a subscription leaves');
  const networks = gauge('networks', 'Networks by their state, as the last sweep found them');
  return {
    compliant: (seconds, of) => compliant.record(seconds, of),
    changed: (of) => changes.add(1, of),
    failed: (code) => failures.add(1, { code }),
    armAnswered({ subscription, method, status, remaining: left }) {
      requests.add(1, { subscription, method, status });
      if (left) remaining.record(left.count, { subscription, kind: left.kind });
    },
    swept(byState) {
      for (const [state, count = 0] of Object.entries(byState)) networks.record(count, { state });
    },
    span(name, { kind = SpanKind.INTERNAL, traceparent, attributes }, work) {
      const parent = traceparent ? propagation.extract(context.active(), { traceparent }) : context.active();
      return tracer.startActiveSpan(name, { kind, attributes }, parent, async (span) => {
        try {
          return await work();
        } catch (error) {
          span.setStatus({ code: SpanStatusCode.ERROR, message: String(error) });
          throw error;
        } finally {
          span.end();
        }
      });
    },
    flush,
  };
}

/** The span that the current work is in. */
export function tellSpan(attributes: Attributes): void {
  trace.getActiveSpan()?.setAttributes(attributes);
}
