import type { TokenCredential } from '@azure/core-auth';
import { createHttpHeaders, type HttpClient, type PipelineRequest, RestError } from '@azure/core-rest-pipeline';
import type { ArmRequest } from '../../../infra/local/arm/core/exchange.ts';
import type { Estate } from '../../../infra/local/arm/estate.ts';
import { type Fault, faultSchema } from '../../../infra/local/arm/server/faults.ts';
import { createArmClients } from '../../../shared/azure/arm-clients.ts';
import type { StepContext } from '../../../shared/steps/step-context.ts';
import { owner } from '../../arm/support/estate.ts';
import { startInProcess } from '../../arm/support/in-process.ts';

const signedIn: TokenCredential = {
  getToken: () => Promise.resolve({ token: 'a-token', expiresOnTimestamp: Date.now() + 3_600_000 }),
};

/** The SDK's own clients on the simulator inside the test. `sent` are the requests, as `METHOD path`. */
export function simulatedAzure(estate: Estate, credential = signedIn) {
  const simulator = startInProcess(estate);
  const sent: string[] = [];
  const httpClient: HttpClient = {
    async sendRequest(request) {
      const asked = asArm(request);
      sent.push(`${asked.method} ${asked.path}`);
      const { response } = simulator.handle(asked);
      if (response === null) throw new RestError('socket hang up', { code: 'ECONNRESET', request });
      const { status, headers, body } = response;
      return {
        request,
        status,
        headers: createHttpHeaders({ 'content-type': 'application/json', ...headers }),
        bodyAsText: body === undefined ? '' : JSON.stringify(body),
      };
    },
  };
  const { endpoint } = simulator.world;
  const cloud = { endpoint, hostSuffix: '.management.azure.com', scope: `${endpoint}/.default` };
  const clients = createArmClients(cloud, credential, httpClient);
  const step: StepContext = {
    clients,
    guard: () => Promise.resolve(null),
    tags: { 'flowkeeper-deployment': 'test' },
    isOurs: (tags) => tags['flowkeeper-deployment'] === 'test',
  };
  return {
    ...simulator,
    clients,
    step,
    sent,
    /** Scripts a fault, as from outside. */
    fault: (fault: Partial<Fault> & Pick<Fault, 'path'>) => simulator.faults.add(faultSchema.parse(fault)),
  };
}

function asArm({ method, url, headers, body }: PipelineRequest): ArmRequest {
  const { pathname, searchParams } = new URL(url);
  return {
    method,
    // As the simulator's own listener reads it: an id as scope gives two slashes.
    path: decodeURIComponent(pathname).replace(/\/{2,}/g, '/'),
    query: searchParams,
    headers: headers.toJSON(),
    body: typeof body === 'string' && body !== '' ? JSON.parse(body) : undefined,
    caller: { principalId: owner.principalId, clientId: owner.clientId, claims: {} },
  };
}
