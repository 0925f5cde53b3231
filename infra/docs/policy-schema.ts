import { z } from 'zod';
import { policyDocument } from '../../shared/policy/document.ts';

/** The JSON Schema of the policy document, by which editors complete and check it; draft 7 is what most of them know. */
export function policySchema(): string {
  const schema = z.toJSONSchema(policyDocument, { io: 'input', target: 'draft-7' });
  return `${JSON.stringify({ title: 'Flowkeeper policy', ...schema }, null, 2)}\n`;
}
