import { ArmError } from '../core/arm-error.ts';
import { stringOf } from '../core/json.ts';
import type { Write } from '../core/resource-type.ts';

/** The location of a write in Azure's normal form (`West Europe` is `westeurope`); a resource cannot change its own. */
export function locationOf({ body, before, id }: Write): string {
  const location = stringOf(body.location)?.replaceAll(' ', '').toLowerCase() ?? before?.location;
  if (location === undefined || location === '') {
    throw new ArmError(400, {
      code: 'LocationRequired',
      message: 'The location property is required for this definition.',
    });
  }
  if (before?.location === undefined || before.location === location) return location;
  const message =
    `The resource '${id.name}' already exists in location '${before.location}' in resource group '${id.resourceGroup}'. ` +
    `A resource with the same name cannot be created in location '${location}'. Please select a new resource name.`;
  throw new ArmError(409, { code: 'InvalidResourceLocation', message });
}
