import { AsyncLocalStorage } from 'node:async_hooks';
import { AuthorizationManagementClient } from '@azure/arm-authorization';
import { ManagementLockClient } from '@azure/arm-locks';
import { ManagedServiceIdentityClient } from '@azure/arm-msi';
import { NetworkManagementClient } from '@azure/arm-network';
import { PolicyClient } from '@azure/arm-policy';
import { ResourceGraphClient } from '@azure/arm-resourcegraph';
import { ResourceManagementClient } from '@azure/arm-resources';
import { StorageManagementClient } from '@azure/arm-storage';
import type { TokenCredential } from '@azure/core-auth';
import type { HttpClient, PipelinePolicy } from '@azure/core-rest-pipeline';
import { captureAnswer } from './arm-outcome.ts';
import { wholeBody } from './whole-body.ts';

/** The SDK clients of one Azure cloud. A client per subscription is made once. */
export type ArmClients = {
  readonly network: (subscriptionId: string) => NetworkManagementClient;
  readonly identity: (subscriptionId: string) => ManagedServiceIdentityClient;
  readonly authorization: (subscriptionId: string) => AuthorizationManagementClient;
  readonly locks: (subscriptionId: string) => ManagementLockClient;
  readonly storage: (subscriptionId: string) => StorageManagementClient;
  readonly resources: (subscriptionId: string) => ResourceManagementClient;
  readonly policy: (subscriptionId: string) => PolicyClient;
  readonly graph: ResourceGraphClient;
};

export type ArmCloud = {
  /** For example `https://management.azure.com`. */
  readonly endpoint: string;
  /** Hosts that may be sent a token: the endpoint's and, in Azure, its regional ones (poll URLs name them). */
  readonly hostSuffix: string;
  readonly scope: string;
};

/**
 * Makes the clients. Their own retries are off, because they would hold a function execution open: durable timers wait
 * instead. `observers` see every request. Scopes are set on all, since three of the SDKs ask for the public cloud's whatever their endpoint.
 */
export function createArmClients(
  cloud: ArmCloud,
  credential: TokenCredential,
  httpClient?: HttpClient,
  observers: readonly PipelinePolicy[] = [],
): ArmClients {
  // The capture is outermost: a request that is refused here must not be told as the answer before it.
  const additionalPolicies = [captureAnswer, allowedHosts(cloud), correlate, wholeBody, ...observers].map((policy) => ({
    policy,
    position: 'perCall' as const,
  }));
  const common = {
    endpoint: cloud.endpoint,
    retryOptions: { maxRetries: 0 },
    additionalPolicies,
    ...(httpClient ? { httpClient } : {}),
  };
  const typespec = { ...common, credentials: { scopes: [cloud.scope] } };
  const autorest = { ...common, credentialScopes: [cloud.scope] };
  return {
    network: once((id) => new NetworkManagementClient(credential, id, typespec)),
    storage: once((id) => new StorageManagementClient(credential, id, typespec)),
    resources: once((id) => new ResourceManagementClient(credential, id, typespec)),
    policy: once((id) => new PolicyClient(credential, id, typespec)),
    graph: new ResourceGraphClient(credential, typespec),
    identity: once((id) => new ManagedServiceIdentityClient(credential, id, autorest)),
    locks: once((id) => new ManagementLockClient(credential, id, autorest)),
    authorization: once((id) => new AuthorizationManagementClient(credential, id, autorest)),
  };
}

function once<T>(make: (subscriptionId: string) => T): (subscriptionId: string) => T {
  const made = new Map<string, T>();
  return (subscriptionId) => {
    const existing = made.get(subscriptionId);
    if (existing) return existing;
    const client = make(subscriptionId);
    made.set(subscriptionId, client);
    return client;
  };
}

/** One request that was to change something, under the ids by which Azure's activity log and its support find it. */
export type ArmWrite = {
  readonly method: string;
  readonly requestId: string | null;
  readonly correlationId: string | null;
};

type Correlation = { readonly id: string; readonly onWrite: (write: ArmWrite) => void };
const correlation = new AsyncLocalStorage<Correlation>();

/** Sends `x-ms-client-request-id: <correlationId>` on every ARM request made inside `work`, and tells of each write once it is answered. */
export function withCorrelation<T>(
  correlationId: string,
  work: () => Promise<T>,
  onWrite: (write: ArmWrite) => void = () => undefined,
): Promise<T> {
  return correlation.run({ id: correlationId, onWrite }, work);
}

const correlate: PipelinePolicy = {
  name: 'flowkeeperCorrelate',
  async sendRequest(request, next) {
    const current = correlation.getStore();
    if (current) request.headers.set('x-ms-client-request-id', current.id);
    const response = await next(request);
    if (current && ['PUT', 'PATCH', 'DELETE'].includes(request.method)) {
      const id = (name: string) => response.headers.get(name) ?? null;
      current.onWrite({
        method: request.method,
        requestId: id('x-ms-request-id'),
        correlationId: id('x-ms-correlation-request-id'),
      });
    }
    return response;
  },
};

/** A poll URL comes from an answer. A token never follows one to a host that is not ARM's. */
function allowedHosts({ endpoint, hostSuffix }: ArmCloud): PipelinePolicy {
  const own = new URL(endpoint).host;
  return {
    name: 'flowkeeperAllowedHosts',
    sendRequest(request, next) {
      const { protocol, host } = new URL(request.url);
      if (protocol === 'https:' && (host === own || host.endsWith(hostSuffix))) return next(request);
      throw new Error(`Refused to send a token to ${host}: it is no host of Azure Resource Manager at ${own}.`);
    },
  };
}
