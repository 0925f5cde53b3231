import { z } from 'zod';
import { lockType } from '../core/locks.ts';
import type { ResourceType } from '../core/resource-type.ts';
import { readBody } from './request-body.ts';

const request = z.object({
  properties: z.object({ level: z.enum(['CanNotDelete', 'ReadOnly']), notes: z.string().optional() }),
});

/** Management locks, on any scope. What they forbid is in the core. */
export const locks: ResourceType = {
  type: lockType,
  apiVersions: ['2016-09-01', '2020-05-01'],
  home: 'extension',
  verbs: ['PUT', 'DELETE'],
  etag: 'none',
  shape: ({ id, body }) => ({
    id: id.id,
    name: id.name,
    type: lockType,
    properties: { ...readBody(request, body).properties },
  }),
};
