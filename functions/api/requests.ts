import { z } from 'zod';
import { isOfType, normalLocation, resourceTypes } from '../../shared/resource-id.ts';
import { parseContinuation } from './continuation.ts';

const subscriptionId = z.guid('A subscription id is a GUID.').transform((id) => id.toLowerCase());
const location = z
  .string()
  .max(60)
  .regex(/^[A-Za-z0-9 ]+$/, 'A location is a region name such as westeurope.')
  .transform(normalLocation);

/** Azure's own rules for names, so that nothing else ever becomes a table's key or a part of an address. */
const groupName = z.string().regex(/^[\p{L}\p{N}_.()-]{1,90}$/u, 'Not the name of a resource group.');
const networkName = z.string().regex(/^[A-Za-z0-9_.-]{1,80}$/, 'Not the name of a virtual network.');

export const networkParams = z.strictObject({ subscription: subscriptionId, group: groupName, name: networkName });

export const networkId = z
  .string()
  .max(400)
  .refine((id) => isNetworkId(id), 'Expected the resource id of a virtual network.');

function isNetworkId(id: string): boolean {
  if (!isOfType(id, resourceTypes.network)) return false;
  const [, , subscription, , group, , , , name] = id.split('/');
  return networkParams.safeParse({ subscription, group, name }).success;
}

export const states = z.enum([
  'Compliant',
  'NonCompliant',
  'Exempt',
  'OutOfScope',
  'Pending',
  'Blocked',
  'Contested',
  'Silent',
  'Unknown',
  'Gone',
  'Orphaned',
]);
const check = z.string().regex(/^[A-Za-z]{1,40}$/, 'A drift has a name such as noFlowLog.');

const top = z
  .string()
  .regex(/^([1-9]\d{0,2}|1000)$/, 'A whole number from 1 to 1000.')
  .transform(Number)
  .describe('At most so many; a page may hold fewer.');
const paging = {
  top: top.default(1000),
  continuation: z
    .string()
    .max(4096)
    .refine((token) => parseContinuation(token) !== null, 'Not a continuation that was answered here.')
    .optional()
    .describe('As the page before answered it.'),
};

export const networksQuery = z.strictObject({
  subscription: subscriptionId.optional(),
  location: location.optional(),
  state: states.optional(),
  drift: check.optional(),
  ...paging,
});

const format = z.enum(['json', 'csv']).optional().describe('Else by the Accept header: text/csv, or JSON.');
export const reportQuery = z.strictObject({ subscription: subscriptionId.optional(), format });

const time = z.iso
  .datetime({ offset: true, message: 'A time such as 2026-11-25T00:00:00Z.' })
  .transform((text) => new Date(text).toISOString())
  .optional();
export const changesQuery = z.strictObject({ since: time, until: time, format, ...paging });

export const policyVersionParams = z.strictObject({
  hash: z.string().regex(/^[0-9a-f]{8}-[0-9a-f]{4}$/, 'The hash of a policy looks like 0a1b2c3d-4e5f.'),
});

export const remediationParams = z.strictObject({
  id: z.guid('The id of a remediation is a GUID.').transform((id) => id.toLowerCase()),
});
/** A remediation's networks have a fixed order, so that a page begins at a number. */
export const progressQuery = z.strictObject({
  top: top.default(100),
  continuation: z
    .string()
    .regex(/^\d{1,9}$/, 'Not a continuation that was answered here.')
    .default('0')
    .transform(Number)
    .describe('As the page before answered it.'),
});

const filter = z
  .strictObject({
    subscriptions: z.array(subscriptionId).min(1).max(100).optional(),
    locations: z.array(location).min(1).max(100).optional(),
    tags: z.record(z.string().min(1).max(512), z.string().max(256)).optional(),
    states: z.array(states).min(1).optional(),
    drifts: z.array(check).min(1).max(50).optional(),
  })
  .refine(
    (one) => Object.values(one).some((value) => value && Object.keys(value).length > 0),
    'Name subscriptions, locations, tags, states or drifts.',
  )
  .refine((one) => Object.keys(one.tags ?? {}).length <= 20, { path: ['tags'], message: 'At most 20 tags.' });

export const remediationRequest = z
  .strictObject({
    networks: z.array(networkId).min(1).max(1000, 'At most 1,000 ids; use a filter for more.').optional(),
    filter: filter.optional(),
    dryRun: z.boolean().default(false).describe('Plan only: nothing is written, and nothing is put to work.'),
  })
  .refine(
    ({ networks, filter }) => (networks === undefined) !== (filter === undefined),
    'Give either "networks": [resource ids] or "filter": { subscriptions, locations, tags, states, drifts }.',
  );
export type RemediationRequest = z.output<typeof remediationRequest>;

/** 1 to 255 printable ASCII characters, as draft-ietf-httpapi-idempotency-key-header has it; the quotes of its syntax may be left out. */
export const idempotencyKey = z.string().regex(/^[\x21-\x7e]{1,255}$/, 'A key has 1 to 255 printable characters.');

export const approvalRequest = z.strictObject({
  etag: z.string().min(1).describe('The version that is approved, as GET /api/policy/approval tells it.'),
});
