import { objectOf } from '../core/json.ts';
import type { ResourceBody, Write } from '../core/resource-type.ts';
import { locationOf } from './location.ts';
import { tagsOf } from './tags.ts';

/** The stored body of a resource in a location whose properties are kept as they were sent. */
export function plainResource(write: Write, type: string): ResourceBody {
  return {
    name: write.id.name,
    id: write.id.id,
    etag: '',
    type,
    location: locationOf(write),
    tags: tagsOf(write),
    properties: { ...objectOf(write.body.properties), provisioningState: 'Succeeded' },
  };
}

/** The same for a resource that lives on another one, without location and state of its own. */
export function plainExtension({ id, body }: Write, type: string): ResourceBody {
  return { id: id.id, name: id.name, type, properties: { ...objectOf(body.properties) } };
}
