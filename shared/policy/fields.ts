import { z } from 'zod';
import { isOfType, normalLocation, resourceTypes } from '../resource-id.ts';

/** Fields that several parts of the document have. What they describe is what an editor shows. */

export const subscriptionId = z
  .guid('A subscription id is a GUID.')
  .transform((id) => id.toLowerCase())
  .describe('The id of a subscription.');

export const managementGroup = z
  .string()
  .regex(/^[\w().-]{1,90}$/, 'Expected the id of a management group: its short name, no path.')
  .transform((id) => id.toLowerCase())
  .describe('The id of a management group (not its display name); it stands for all subscriptions below it.');

export const location = z
  .string()
  .regex(/^[A-Za-z0-9 ]+$/, 'A location is a region name such as westeurope.')
  .transform(normalLocation)
  .describe('A region, such as westeurope.');

const resourceOf = (type: string) =>
  z.string().refine((id) => isOfType(id, type), `Expected the resource id of a ${type}.`);

export const storageAccountId = resourceOf(resourceTypes.storageAccount).describe(
  'The resource id of a storage account.',
);
export const identityId = resourceOf(resourceTypes.identity).describe('The resource id of a user-assigned identity.');
export const workspaceId = resourceOf(resourceTypes.workspace).describe(
  'The resource id of a Log Analytics workspace.',
);

export const resourceGroupId = z
  .string()
  // Without a flag for case: the JSON Schema of the document has the pattern, and no flags.
  .regex(/^\/subscriptions\/[0-9a-fA-F-]{36}\/resource[gG]roups\/[^/]+$/, 'Expected the id of a resource group.')
  .describe('The id of a resource group: /subscriptions/{guid}/resourceGroups/{name}.');

export const nameTemplate = z.string().min(1).max(120);

export const tagName = z.string().min(1);

/** A value for each location. */
export const byLocation = <T extends z.ZodType>(value: T) =>
  z.record(location, value).refine((map) => Object.keys(map).length > 0, 'Name at least one location.');

/** One value, or one for each location. */
export const oneOrByLocation = <T extends z.ZodType>(value: T) => z.union([value, byLocation(value)]);
