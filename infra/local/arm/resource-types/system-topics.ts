import { z } from 'zod';
import { ArmError } from '../core/arm-error.ts';
import { objectOf, stringOf } from '../core/json.ts';
import { subscriptionPath } from '../core/resource-id.ts';
import type { ResourceBody, ResourceType, Write } from '../core/resource-type.ts';
import { readBody } from './request-body.ts';
import { tagsOf } from './tags.ts';
import { eventGridVersions } from './versions.ts';

const systemTopicType = 'Microsoft.EventGrid/systemTopics';

const request = z.object({
  location: z.literal('global'),
  identity: z
    .object({ type: z.string(), userAssignedIdentities: z.record(z.string(), z.json()).default({}) })
    .optional(),
  properties: z.object({
    source: z.string(),
    topicType: z.string().regex(/^Microsoft\.Resources\.Subscriptions$/i),
  }),
});

/** System topics of subscriptions: one for each. */
export const systemTopics: ResourceType = {
  type: systemTopicType,
  apiVersions: eventGridVersions,
  home: 'resourceGroup',
  verbs: ['PUT', 'DELETE'],
  etag: 'none',
  shape,
  check: refuseSecond,
  linkedRights: (_world, { identity }) =>
    Object.keys(objectOf(identity?.userAssignedIdentities)).map((scope) => ({
      action: 'Microsoft.ManagedIdentity/userAssignedIdentities/assign/action',
      scope,
    })),
};

function shape(write: Write): ResourceBody {
  const { location, identity, properties } = readBody(request, write.body);
  return {
    id: write.id.id,
    name: write.id.name,
    type: systemTopicType,
    location,
    tags: tagsOf(write),
    identity,
    properties: { provisioningState: 'Succeeded', ...properties },
  };
}

/** Code and text as people met them: https://github.com/MicrosoftDocs/azure-docs/pull/97986. */
function refuseSecond({ world, id }: Write, { properties }: ResourceBody): void {
  const source = stringOf(properties.source)?.toLowerCase();
  const others = world.store.list(systemTopicType, subscriptionPath(id.subscriptionId ?? ''));
  const isTaken = others.some(
    ({ key, body }) => key !== id.key && stringOf(body.properties.source)?.toLowerCase() === source,
  );
  if (!isTaken) return;
  const message = `There is an existing tracked system topic for the given source ${source}. Only one system topic is allowed per source.`;
  throw new ArmError(400, { code: 'InvalidRequest', message });
}
