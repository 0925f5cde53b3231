import { writeFileSync } from 'node:fs';
import { policySchema } from './policy-schema.ts';

writeFileSync(new URL('../../docs/policies/policy.schema.json', import.meta.url), policySchema());
