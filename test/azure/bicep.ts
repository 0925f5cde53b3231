import { afterAll, beforeAll, beforeEach } from 'vitest';
import { CompilerUnavailable, ensureCompiler } from '../../infra/azure/compiler.ts';
import { type BicepServer, startBicepServer } from './bicep-server.ts';
import { type PredictedResource, type Prediction, predictResources } from './predict.ts';

/** Fetching the compiler, once per machine, takes a download of 50 MB. */
const fetchTimeoutMs = 300_000;

const central = '/subscriptions/22222222-2222-2222-2222-222222222222/resourceGroups/rg-central/providers';

/** A network for the app, as main.bicepparam takes it. */
export const network = {
  events: true,
  appSubnetId: `${central}/Microsoft.Network/virtualNetworks/hub/subnets/flowkeeper`,
  privateEndpointSubnetId: `${central}/Microsoft.Network/virtualNetworks/hub/subnets/endpoints`,
  privateDnsZoneIds: { blob: '/zones/blob', queue: '/zones/queue', table: '/zones/table', sites: '/zones/sites' },
};

/** What main.bicepparam finds in its environment: everything that it can be asked for. */
export const environment = {
  AZURE_ENV_NAME: 'prod',
  AZURE_LOCATION: 'westeurope',
  AZURE_SUBSCRIPTION_ID: '11111111-1111-1111-1111-111111111111',
  FLOWKEEPER_MANAGEMENT_GROUP: 'corp',
  FLOWKEEPER_TOPIC_ID: `${central}/Microsoft.EventGrid/topics/changes`,
  FLOWKEEPER_API_CLIENT_ID: '33333333-3333-3333-3333-333333333333',
  FLOWKEEPER_ALERT_ACTION_GROUP: `${central}/Microsoft.Insights/actionGroups/on-call`,
  FLOWKEEPER_DURABLE_TASK_SCHEDULER: 'true',
  FLOWKEEPER_NETWORK: JSON.stringify(network),
};

let started: Promise<BicepServer | string> | undefined;

/** Runs `prepare` with the Bicep compiler before the tests; where it can't be had, each of them is skipped and says why. */
export function withBicep(
  prepare: (predict: (prediction: Prediction) => Promise<readonly PredictedResource[]>) => Promise<void>,
): void {
  beforeAll(async () => {
    started ??= start();
    await started;
  }, fetchTimeoutMs);
  beforeAll(async () => {
    const bicep = await started;
    if (typeof bicep === 'object') await prepare((prediction) => predictResources(bicep, prediction));
  });
  beforeEach(async (context) => {
    const bicep = await started;
    if (typeof bicep === 'string') context.skip(bicep);
  });
  afterAll(async () => {
    const bicep = await started;
    if (typeof bicep === 'object') await bicep.stop();
  });
}

/** The compiler, or why there is none. */
async function start(): Promise<BicepServer | string> {
  try {
    return startBicepServer(await ensureCompiler(), { ...process.env, ...environment });
  } catch (error) {
    if (error instanceof CompilerUnavailable) return error.message;
    throw error;
  }
}
