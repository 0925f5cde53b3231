import { z } from 'zod';
import {
  identityId,
  location,
  managementGroup,
  nameTemplate,
  oneOrByLocation,
  resourceGroupId,
  storageAccountId,
  subscriptionId,
} from './fields.ts';
import { flowLog, trafficAnalytics } from './flow-log.ts';

export const mode = z
  .enum(['audit', 'enforce', 'off'])
  .describe('audit: plan and report, never write. enforce: bring in line. off: look at nothing.');

const identity = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('ours').describe('Made, kept and removed by Flowkeeper: one for each storage account.'),
      resourceGroupId,
      name: nameTemplate.describe(
        'Such as id-{app}-{environment}-{location}-{instance}: {location} and {account} are the storage account, others stand in values.',
      ),
      values: z
        .record(z.string().regex(/^\w+$/, 'A placeholder is letters and digits.'), z.string().min(1))
        .default({}),
    }),
    z.strictObject({
      kind: z.literal('given').describe('Made by you; never created, changed or removed by Flowkeeper.'),
      identityId: oneOrByLocation(identityId).describe('One identity for all, or one for each location.'),
    }),
    z.strictObject({ kind: z.literal('none').describe('Flow logs have no identity.') }),
  ])
  .describe('The identity that flow logs write with.');

const written = z.strictObject({
  name: z.string().min(1).describe('What reports call this rule.'),
  match: z
    .strictObject({
      managementGroups: z.array(managementGroup).min(1).optional(),
      subscriptions: z.array(subscriptionId).min(1).optional(),
      locations: z.array(location).min(1).optional(),
      tags: z.record(z.string(), z.string()).optional(),
    })
    .default({})
    .describe('Which networks: all of what is given has to fit. The first rule that matches a network is its rule.'),
  mode: mode.optional().describe('For the networks of this rule; left out, the mode of the document.'),
  destination: oneOrByLocation(storageAccountId).describe(
    'The storage account for each location; a single one only where the rule matches one location.',
  ),
  identity,
  flowLog,
  trafficAnalytics,
  networkWatcher: z
    .enum(['create', 'require'])
    .default('create')
    .describe('Whether a missing network watcher is made, or asked of its owner.'),
  existing: z
    .enum(['adopt', 'report'])
    .default('adopt')
    .describe('A flow log that someone else made: bring it in line, or tell of it and leave it alone.'),
});

/** A rule with everything by location, however it was written. */
export const rule = written.transform((one, context) => {
  const destination = destinationByLocation(one);
  if (!destination) {
    const message =
      'A single storage account serves one location: name it in match.locations, or give an account for each location.';
    context.addIssue({ code: 'custom', path: ['destination'], message });
    return z.NEVER;
  }
  const locations = Object.keys(destination);
  return {
    ...one,
    destination,
    identity:
      one.identity.kind === 'given'
        ? { ...one.identity, identityId: forAll(one.identity.identityId, locations) }
        : one.identity,
    trafficAnalytics:
      typeof one.trafficAnalytics === 'object'
        ? { ...one.trafficAnalytics, workspaceResourceId: forAll(one.trafficAnalytics.workspaceResourceId, locations) }
        : one.trafficAnalytics,
  };
});

type ByLocation = Readonly<Record<string, string>>;

function destinationByLocation({ destination, match }: z.output<typeof written>): ByLocation | null {
  if (typeof destination !== 'string') return destination;
  const [only, ...others] = match.locations ?? [];
  return only !== undefined && others.length === 0 ? { [only]: destination } : null;
}

function forAll(value: string | ByLocation, locations: readonly string[]): ByLocation {
  return typeof value === 'string' ? Object.fromEntries(locations.map((one) => [one, value])) : value;
}
