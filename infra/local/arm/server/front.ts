import { type Action, answer } from '../core/arm.ts';
import { ArmError, errorResponse } from '../core/arm-error.ts';
import type { ArmRequest, ArmResponse } from '../core/exchange.ts';
import type { World } from '../core/world.ts';
import { type Fault, type Faults, faultError, losesRequest } from './faults.ts';
import { createProviderLimits } from './provider-limits.ts';
import type { Throttle } from './throttle.ts';

/** What a client gets: an answer after a delay, or (`null`) a connection that closes without one. */
export type Outcome = { readonly response: ArmResponse | null; readonly delayMs: number };

/** ARM as its clients meet it, still without a socket: throttled, with the headers of every answer, and with scripted faults. */
export function createFront(world: World, actions: readonly Action[], throttle: Throttle, faults: Faults) {
  const providerLimits = createProviderLimits(world);

  return function handle(given: ArmRequest): Outcome {
    const correlationId = given.headers['x-ms-correlation-request-id'] ?? world.newGuid();
    const request = { ...given, headers: { ...given.headers, 'x-ms-correlation-request-id': correlationId } };
    const fault = faults.hit(request);
    const delayMs = fault?.delayMs ?? 0;
    if (fault !== undefined && losesRequest(fault)) return { response: null, delayMs };
    const response = withFault(request, fault);
    const lost = fault?.effect === 'after';
    return { response: lost ? null : withCommonHeaders(request, correlationId, response), delayMs };
  };

  function withFault(request: ArmRequest, fault: Fault | undefined): ArmResponse {
    const error = fault === undefined || fault.effect === 'after' ? undefined : faultError(fault);
    return error === undefined ? throttled({ ...request, ...asked(fault) }) : errorResponse(error);
  }

  /** What ARM itself has to do otherwise for a fault. */
  function asked(fault: Fault | undefined): Pick<ArmRequest, 'operationFault' | 'past'> {
    return fault === undefined ? {} : { operationFault: fault.operation, past: faults.past(fault) };
  }

  function throttled(request: ArmRequest): ArmResponse {
    if (world.switches.throttling === 'off') return answer(world, actions, request);
    try {
      const left = throttle.take(request);
      providerLimits.count(request);
      const response = answer(world, actions, request);
      // Recorded: what ARM's gateway refuses carries no rate limit headers.
      return 'x-ms-failure-cause' in response.headers
        ? response
        : { ...response, headers: { ...left, ...response.headers } };
    } catch (error) {
      if (error instanceof ArmError) return errorResponse(error);
      throw error;
    }
  }

  function withCommonHeaders(request: ArmRequest, correlationId: string, response: ArmResponse): ArmResponse {
    const requestId = response.headers['x-ms-request-id'] ?? world.newGuid();
    const clientRequestId = request.headers['x-ms-client-request-id'];
    const wantsId = request.headers['x-ms-return-client-request-id'] === 'true' && clientRequestId !== undefined;
    const headers = {
      'Cache-Control': 'no-cache',
      'x-ms-request-id': requestId,
      'x-ms-correlation-request-id': correlationId,
      'x-ms-routing-request-id': `LOCAL:${new Date(world.clock.now()).toISOString().replace(/[-:]|\.\d+/g, '')}:${requestId}`,
      ...(wantsId ? { 'x-ms-client-request-id': clientRequestId } : undefined),
      ...response.headers,
    };
    return { ...response, headers };
  }
}
