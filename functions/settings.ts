import { z } from 'zod';

/** What every cloud fixes: where ARM is, which hosts may get its tokens, and what the tokens are for. */
const clouds = {
  public: {
    endpoint: 'https://management.azure.com',
    hostSuffix: '.management.azure.com',
    scope: 'https://management.azure.com/.default',
  },
  usgovernment: {
    endpoint: 'https://management.usgovcloudapi.net',
    hostSuffix: '.management.usgovcloudapi.net',
    scope: 'https://management.usgovcloudapi.net/.default',
  },
  china: {
    endpoint: 'https://management.chinacloudapi.cn',
    hostSuffix: '.management.chinacloudapi.cn',
    scope: 'https://management.chinacloudapi.cn/.default',
  },
} as const;

const settingsSchema = z
  .object({
    /** Storage of the app, as the Functions host itself reads it: a connection string, or an account reached by identity. */
    AzureWebJobsStorage: z.string().min(1).optional(),
    AzureWebJobsStorage__accountName: z.string().min(1).optional(),
    FLOWKEEPER_CLOUD: z.enum(['public', 'usgovernment', 'china']).default('public'),
    /** Another ARM than the cloud's own. */
    FLOWKEEPER_ARM_ENDPOINT: z.url({ protocol: /^https$/ }).optional(),
    /** Client id of the app's user-assigned identity. */
    AZURE_CLIENT_ID: z.guid().optional(),
    /** Principal of that identity: by it we know our own echoes among the events. */
    FLOWKEEPER_PRINCIPAL_ID: z.guid().optional(),
    FLOWKEEPER_DEPLOYMENT: z
      .string()
      .regex(/^[A-Za-z0-9-]{1,40}$/)
      .default('flowkeeper'),
    FLOWKEEPER_SWEEP_SCHEDULE: z.string().default('0 */15 * * * *'),
    /** Event Grid topic for changes of state. */
    FLOWKEEPER_TOPIC_ENDPOINT: z.url({ protocol: /^https$/ }).optional(),
    /** Where metrics and traces go: Application Insights, by the app's identity. */
    APPLICATIONINSIGHTS_CONNECTION_STRING: z.string().optional(),
    /** A collector of OpenTelemetry's own protocol, instead or as well. */
    OTEL_EXPORTER_OTLP_ENDPOINT: z.url({ protocol: /^https?$/ }).optional(),
    /** Milliseconds between two exports of metrics. */
    OTEL_METRIC_EXPORT_INTERVAL: z.coerce.number().int().min(100).default(60_000),
    FLOWKEEPER_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error']).default('info'),
    /** Set by App Service where its authentication is on: only then are its headers that say who calls its own. */
    WEBSITE_AUTH_ENABLED: z.string().optional(),
  })
  .refine((s) => s.AzureWebJobsStorage || s.AzureWebJobsStorage__accountName, {
    path: ['AzureWebJobsStorage'],
    message: 'Set AzureWebJobsStorage (a connection string) or AzureWebJobsStorage__accountName.',
  });

export type Settings = {
  readonly storage:
    | { readonly kind: 'connectionString'; readonly text: string }
    | { readonly kind: 'account'; readonly name: string };
  readonly cloud: { readonly endpoint: string; readonly hostSuffix: string; readonly scope: string };
  readonly clientId: string | null;
  readonly principalId: string | null;
  readonly deployment: string;
  readonly sweepSchedule: string;
  readonly topicEndpoint: string | null;
  readonly applicationInsights: string | null;
  readonly otlpEndpoint: string | null;
  readonly metricIntervalMs: number;
  readonly logLevel: string;
  /** How callers of the HTTP API show who they are. */
  readonly access: 'entraId' | 'functionKey';
};

/** Reads the app settings. Throws once, naming every setting that is wrong and what it should be. */
export function readSettings(env: Readonly<Record<string, string | undefined>>): Settings {
  const present = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== ''));
  const parsed = settingsSchema.safeParse(present);
  if (!parsed.success) {
    const lines = parsed.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`);
    throw new Error(`The app settings can't be used:\n${lines.join('\n')}`);
  }
  const s = parsed.data;
  const cloud = clouds[s.FLOWKEEPER_CLOUD];
  return {
    storage: s.AzureWebJobsStorage
      ? { kind: 'connectionString', text: s.AzureWebJobsStorage }
      : { kind: 'account', name: s.AzureWebJobsStorage__accountName ?? '' },
    cloud: {
      ...cloud,
      ...(s.FLOWKEEPER_ARM_ENDPOINT ? { endpoint: s.FLOWKEEPER_ARM_ENDPOINT.replace(/\/$/, '') } : {}),
    },
    clientId: s.AZURE_CLIENT_ID ?? null,
    principalId: s.FLOWKEEPER_PRINCIPAL_ID ?? null,
    deployment: s.FLOWKEEPER_DEPLOYMENT,
    sweepSchedule: s.FLOWKEEPER_SWEEP_SCHEDULE,
    topicEndpoint: s.FLOWKEEPER_TOPIC_ENDPOINT ?? null,
    applicationInsights: s.APPLICATIONINSIGHTS_CONNECTION_STRING ?? null,
    otlpEndpoint: s.OTEL_EXPORTER_OTLP_ENDPOINT?.replace(/\/$/, '') ?? null,
    metricIntervalMs: s.OTEL_METRIC_EXPORT_INTERVAL,
    logLevel: s.FLOWKEEPER_LOG_LEVEL,
    access: s.WEBSITE_AUTH_ENABLED?.toLowerCase() === 'true' ? 'entraId' : 'functionKey',
  };
}
