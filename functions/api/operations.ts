import { z } from 'zod';
import { policyDocument } from '../../shared/policy/document.ts';
import {
  acceptedAnswer,
  apiSchemas,
  approvalAnswer,
  changesAnswer,
  destinationsAnswer,
  healthAnswer,
  networkDetailAnswer,
  networksAnswer,
  progressAnswer,
  reportAnswer,
  validationAnswer,
} from './answers.ts';
import { operation } from './operation.ts';
import {
  approvalRequest,
  changesQuery,
  networkParams,
  networksQuery,
  policyVersionParams,
  progressQuery,
  remediationParams,
  remediationRequest,
  reportQuery,
} from './requests.ts';

apiSchemas.add(policyDocument, { id: 'Policy' });
apiSchemas.add(remediationRequest, { id: 'RemediationRequest' });

const location = { Location: 'Where its progress is.' };

export const postRemediation = operation({
  id: 'postRemediation',
  method: 'POST',
  path: 'remediations',
  role: 'Operator',
  summary: 'Looks at networks now, and puts right what the policy lets it; or plans, as a dry run.',
  headers: { 'Idempotency-Key': 'The same key is the same remediation, however often it is sent.' },
  body: remediationRequest,
  answers: {
    202: { description: 'Accepted.', schema: acceptedAnswer, headers: location },
    409: { description: 'There is no policy yet.', schema: null },
    422: { description: 'The key was sent with another request before.', schema: null },
  },
});

export const getRemediation = operation({
  id: 'getRemediation',
  method: 'GET',
  path: 'remediations/{id}',
  role: 'Reader',
  summary: 'How far a remediation is, network by network and step by step; of a dry run, its plans.',
  params: remediationParams,
  query: progressQuery,
  answers: { 200: { description: 'Its progress.', schema: progressAnswer } },
});

export const deleteRemediation = operation({
  id: 'deleteRemediation',
  method: 'DELETE',
  path: 'remediations/{id}',
  role: 'Operator',
  summary: 'Cancels what has not begun, and what nobody else has asked for meanwhile.',
  params: remediationParams,
  query: progressQuery,
  answers: { 200: { description: 'Cancelled; its progress.', schema: progressAnswer } },
});

export const getNetworks = operation({
  id: 'getNetworks',
  method: 'GET',
  path: 'networks',
  role: 'Reader',
  summary: 'The known networks: their state, and why nothing is being done where that is so.',
  query: networksQuery,
  answers: { 200: { description: 'A page of networks.', schema: networksAnswer } },
});

export const getNetwork = operation({
  id: 'getNetwork',
  method: 'GET',
  path: 'networks/{subscription}/{group}/{name}',
  role: 'Reader',
  summary: 'One network: its state, its drifts, what is planned, and what was ever changed.',
  params: networkParams,
  answers: { 200: { description: 'The network.', schema: networkDetailAnswer } },
});

export const getDestinations = operation({
  id: 'getDestinations',
  method: 'GET',
  path: 'destinations',
  role: 'Reader',
  summary: 'The storage accounts that logs go to: whether each can be used, what to know of it, and what is left over.',
  answers: { 200: { description: 'All that are known.', schema: destinationsAnswer } },
});

const csvTooLong = { description: 'The CSV is too long for somebody who does not accept gzip.', schema: null };

export const getReport = operation({
  id: 'getReport',
  method: 'GET',
  path: 'report',
  role: 'Reader',
  summary: 'The estate summed up, and which of Azure Policy about flow logs it meets; as CSV, every network.',
  query: reportQuery,
  answers: {
    200: { description: 'The report.', schema: reportAnswer, csv: 'A row for each network.' },
    406: csvTooLong,
  },
});

export const getChanges = operation({
  id: 'getChanges',
  method: 'GET',
  path: 'changes',
  role: 'Reader',
  summary: 'Who changed what, when, before and after: the evidence. It is never deleted.',
  query: changesQuery,
  answers: {
    200: { description: 'A page of changes.', schema: changesAnswer, csv: 'All of them, oldest first.' },
    406: csvTooLong,
  },
});

export const getHealth = operation({
  id: 'getHealth',
  method: 'GET',
  path: 'health',
  role: 'Reader',
  summary:
    'Whether Flowkeeper can do its work: what it depends on, what is due, and when it last looked at everything.',
  answers: {
    200: { description: 'Healthy, or degraded.', schema: healthAnswer },
    503: { description: 'Unhealthy: something that it depends on fails.', schema: healthAnswer },
  },
});

const link = { Link: 'What is told of a newer document that waits for approval; only where there is one.' };
const etag = { ETag: 'The version, for If-Match.' };

export const getPolicy = operation({
  id: 'getPolicy',
  method: 'GET',
  path: 'policy',
  role: 'Reader',
  summary: 'The policy in force, as it was uploaded.',
  answers: { 200: { description: 'The document.', schema: policyDocument, headers: { ...etag, ...link } } },
});

export const putPolicy = operation({
  id: 'putPolicy',
  method: 'PUT',
  path: 'policy',
  role: 'Operator',
  summary:
    'States a new policy. It is swept at once, or waits for approval where it would change many compliant networks.',
  headers: { 'If-Match': "The version that it replaces, against overwriting another person's." },
  body: z.unknown(),
  describedBody: policyDocument,
  answers: {
    200: { description: 'In force.', schema: policyDocument, headers: etag },
    202: {
      description: 'Accepted; it waits for approval, or is yet to be weighed.',
      schema: approvalAnswer,
      headers: etag,
    },
    201: { description: 'In force; the first one.', schema: policyDocument, headers: etag },
    412: { description: 'The policy is another by now.', schema: null },
  },
});

export const getPolicyVersion = operation({
  id: 'getPolicyVersion',
  method: 'GET',
  path: 'policy/versions/{hash}',
  role: 'Reader',
  summary: 'A policy that is or once was in force, by the hash that networks and changes name.',
  params: policyVersionParams,
  answers: { 200: { description: 'The document, as it was stated.', schema: policyDocument } },
});

export const validatePolicyDocument = operation({
  id: 'validatePolicy',
  method: 'POST',
  path: 'policy/validate',
  role: 'Reader',
  summary:
    'Looks at a document without putting it in force: its problems, and what of the estate it would leave uncovered.',
  body: z.unknown(),
  describedBody: policyDocument,
  answers: { 200: { description: 'What is to be said of it, also where it is not valid.', schema: validationAnswer } },
});

export const getPolicyApproval = operation({
  id: 'getPolicyApproval',
  method: 'GET',
  path: 'policy/approval',
  role: 'Reader',
  summary: 'The policy that waits for approval, and how many compliant networks it would change.',
  answers: { 200: { description: 'Whether one waits.', schema: approvalAnswer } },
});

export const approvePolicy = operation({
  id: 'approvePolicy',
  method: 'POST',
  path: 'policy/approve',
  role: 'Operator',
  summary: 'Puts the policy in force that waits for approval. It is swept at once.',
  body: approvalRequest,
  answers: {
    200: { description: 'In force.', schema: approvalAnswer, headers: etag },
    409: { description: 'No policy waits for approval.', schema: null },
    412: { description: 'Another policy waits by now.', schema: null },
  },
});

export const getOpenApi = operation({
  id: 'getOpenApi',
  method: 'GET',
  path: 'openapi.json',
  role: 'Reader',
  summary: 'This description.',
  answers: { 200: { description: 'OpenAPI 3.1.', schema: z.looseObject({}) } },
});

/** Everything that the API has, in the order in which it is described. */
export const operations = [
  postRemediation,
  getRemediation,
  deleteRemediation,
  getNetworks,
  getNetwork,
  getDestinations,
  getReport,
  getChanges,
  getPolicy,
  getPolicyVersion,
  putPolicy,
  validatePolicyDocument,
  getHealth,
  getPolicyApproval,
  approvePolicy,
  getOpenApi,
];
