import { Ajv2020 } from 'ajv/dist/2020.js';
import { z } from 'zod';
import { openApiDocument } from '../../../functions/api/openapi.ts';
import { operations } from '../../../functions/api/operations.ts';

const answer = z.looseObject({ content: z.record(z.string(), z.unknown()).optional() });
const paths = z.record(z.string(), z.record(z.string(), z.looseObject({ responses: z.record(z.string(), answer) })));

const document = openApiDocument(operations, 'functionKey');
const described = paths.parse(document.paths);
const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true });
ajv.addSchema(document, 'openapi');

/**
 * Throws where an answer is not what the API's description says: another status, another content type, another shape. What
 * the host itself answers for an address or method that is nobody's (404, 405 and 401 without a body) is not the API's.
 */
export function checkAnswer(method: string, path: string, status: number, contentType: string | null, body: unknown) {
  if (body === null && [401, 404, 405].includes(status)) return;
  const [pathname = ''] = path.split('?');
  const template = Object.keys(described).find(
    (one) => matches(one, pathname) && described[one]?.[method.toLowerCase()],
  );
  const where = `${method} ${path} answered ${status}`;
  if (!template) throw new Error(`${where}: the API's description has no such operation.`);
  const response = described[template]?.[method.toLowerCase()]?.responses[String(status)];
  if (!response) throw new Error(`${where}, which its description does not list: ${JSON.stringify(body)}`);
  if (!response.content) {
    if (body !== null) throw new Error(`${where} with a body that its description does not have.`);
    return;
  }
  const type = contentType?.split(';')[0] ?? '';
  if (!response.content[type]) throw new Error(`${where} as "${type}", which its description does not list.`);
  const pointer = ['paths', template, method.toLowerCase(), 'responses', String(status), 'content', type, 'schema'];
  const validate = ajv.compile({ $ref: `openapi#/${pointer.map(escaped).join('/')}` });
  if (!validate(body)) throw new Error(`${where}, not as described: ${ajv.errorsText(validate.errors)}`);
}

function matches(template: string, pathname: string): boolean {
  const parts = template.split('/');
  const given = pathname.split('/');
  return parts.length === given.length && parts.every((part, at) => part.startsWith('{') || part === given[at]);
}

function escaped(part: string): string {
  return encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));
}
