import type { HttpResponseInit } from '@azure/functions';
import type { DestinationBody } from '../shared/records/destination-body.ts';
import { listDestinations } from '../shared/work/list-destinations.ts';
import { getDestinations } from './api/operations.ts';
import { type Access, type Call, serve } from './api/serve.ts';

/** `GET /api/destinations`: every storage account that logs go to, why it can't be used, and what somebody should know. */
async function destinations({ work }: Call<typeof getDestinations>): Promise<HttpResponseInit> {
  const known = [...(await listDestinations(work.port))].sort(([one], [other]) => one.localeCompare(other));
  return { status: 200, jsonBody: { destinations: known.map(([account, body]) => shown(account, body)) } };
}

function shown(account: string, body: DestinationBody) {
  const { storageAccountId, state, identityId, principalId, checkedAt, problem, warnings, nextTry } = body;
  return {
    account,
    storageAccountId,
    state,
    identityId,
    principalId,
    checkedAt,
    problem,
    warnings,
    nextTry,
    leftovers: body.intent.map(({ resourceId }) => resourceId),
    retired: body.retired.map(({ identityId: id, roleAssignmentId, since }) => ({
      identityId: id,
      roleAssignmentId,
      since,
    })),
  };
}

export function registerDestinations(access: Access): void {
  serve(getDestinations, access, destinations);
}
