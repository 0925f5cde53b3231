/** The orchestration asked for something that fails it at once. */
export class Unsupported extends Error {}

const FEATURES = {
  entities: 'Durable entities (callEntity, signalEntity)',
  locks: 'Critical sections over durable entities (lock)',
  tokenSource: 'Tokens for durable HTTP (the tokenSource of callHttp)',
} as const;

/** A feature of Durable Functions that this host does not have. */
export function unsupportedFeature(feature: keyof typeof FEATURES): Unsupported {
  return new Unsupported(
    `${FEATURES[feature]} are not supported by the embedded Functions host. Use an activity instead, or run this app on Azure Functions Core Tools.`,
  );
}
