import { z } from 'zod';
import { apiSchemas } from './answers.ts';
import { type Answer, nothing, type Operation } from './operation.ts';
import type { Access } from './serve.ts';

const reference = (id: string) => ({ $ref: `#/components/schemas/${id}` });
const problem = { 'application/problem+json': { schema: reference('Problem') } };

/** What an operation may refuse with, whatever it does. */
const refusals: Readonly<Record<number, string>> = {
  400: 'The request is wrong; every violation is told.',
  401: 'Who calls is not known.',
  403: 'The caller has not the role.',
  404: 'There is no such thing.',
  413: 'The body is too large.',
  415: 'The body is not JSON.',
  500: 'Flowkeeper failed.',
  503: 'Flowkeeper can not reach its own storage; try again.',
};

/** The OpenAPI 3.1 document of the operations, out of the schemas that they are checked by. */
export function openApiDocument(operations: readonly Operation[], access: Access) {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const one of operations) {
    const path = `/api/${one.path}`;
    paths[path] = { ...paths[path], [one.method.toLowerCase()]: described(one) };
  }
  const { schemas } = z.toJSONSchema(apiSchemas, {
    uri: (id) => `#/components/schemas/${id}`,
    io: 'input',
    unrepresentable: 'any',
  });
  const withoutIds = Object.entries(schemas).map(([id, { $id: _, $schema: __, ...schema }]) => [id, schema]);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Flowkeeper',
      version: '1',
      description: 'Keeps a flow log on every virtual network. What is read carries an ETag; send it in If-None-Match.',
    },
    paths,
    components: { schemas: Object.fromEntries(withoutIds), securitySchemes: securitySchemes[access] },
    security: Object.keys(securitySchemes[access]).map((name) => ({ [name]: [] })),
  };
}

const securitySchemes = {
  entraId: {
    entraId: { type: 'http', scheme: 'bearer', description: 'A token of Entra ID for the app registration.' },
  },
  functionKey: { functionKey: { type: 'apiKey', in: 'header', name: 'x-functions-key' } },
};

function described(one: Operation) {
  const reads = one.method === 'GET';
  const headers = { ...(reads ? { 'If-None-Match': 'The ETag that is known already.' } : {}), ...one.headers };
  const own = Object.entries(one.answers).map(
    ([status, answer]) => [status, answered(answer, Number(status))] as const,
  );
  const taken = new Set(own.map(([status]) => status));
  const refused = Object.entries(refusals)
    .filter(([status]) => !taken.has(status) && (one.body !== undefined || !['413', '415'].includes(status)))
    .map(([status, description]) => [status, { description, content: problem }] as const);
  return {
    operationId: one.id,
    summary: one.summary,
    description: `For the role ${one.role}.`,
    parameters: [
      ...parametersOf(one.params ?? nothing, 'path'),
      ...parametersOf(one.query ?? nothing, 'query'),
      ...Object.entries(headers).map(([name, description]) => ({
        name,
        in: 'header',
        description,
        schema: { type: 'string' },
      })),
    ],
    ...(one.body
      ? {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: schemaOf(one.describedBody ?? one.body) } },
          },
        }
      : {}),
    responses: Object.fromEntries([
      ...own,
      ...(reads ? [['304', { description: 'It is what the ETag says.' }] as const] : []),
      ...refused,
    ]),
  };
}

function answered({ description, schema, csv, headers = {} }: Answer, status: number) {
  const told = Object.entries(headers).map(([name, text]) => [name, { description: text, schema: { type: 'string' } }]);
  return {
    description,
    ...(told.length > 0 ? { headers: Object.fromEntries(told) } : {}),
    content: schema
      ? {
          'application/json': { schema: schemaOf(schema) },
          // A health check that can't even be made is a problem like any other.
          ...(status >= 500 ? problem : {}),
          ...(csv ? { 'text/csv': { schema: { type: 'string', description: csv } } } : {}),
        }
      : problem,
  };
}

function schemaOf(schema: z.ZodType) {
  const id = apiSchemas.get(schema)?.id;
  if (id) return reference(id);
  const { $schema: _, ...own } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return own;
}

function parametersOf(shape: z.ZodObject, place: 'path' | 'query') {
  const { properties = {} } = z.toJSONSchema(shape, { io: 'input', unrepresentable: 'any' });
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: place,
    required: place === 'path',
    schema,
  }));
}
