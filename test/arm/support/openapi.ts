import { fileURLToPath } from 'node:url';
import { LiveValidator } from 'oav/dist/lib/liveValidation/liveValidator.js';
import { z } from 'zod';
import { isObject, type Json } from '../../../infra/local/arm/core/json.ts';

/** A request and its answer, as the simulator's `--record` writes them. */
export const exchangeSchema = z.object({
  method: z.string(),
  url: z.string(),
  body: z.json().optional(),
  status: z.number(),
  headers: z.record(z.string(), z.string()),
  answer: z.json().optional(),
});
export type Exchange = {
  readonly method: string;
  readonly url: string;
  readonly body?: Json | undefined;
  readonly status: number;
  readonly headers: { readonly [name: string]: string };
  readonly answer?: Json | undefined;
};

/** What real Azure sends (recorded) although its own documents forbid it: the code of the problem and its exact path. */
const realThoughForbidden: readonly (readonly [string, RegExp])[] = [
  ['OBJECT_ADDITIONAL_PROPERTIES', /^(\/value\/\d+)?\/properties\/runningOperationIds$/],
  [
    'OBJECT_ADDITIONAL_PROPERTIES',
    /^(\/value\/\d+)?\/properties\/(addressSpace|subnets\/\d+\/properties)\/ipamPoolPrefixAllocations$/,
  ],
  ['OBJECT_ADDITIONAL_PROPERTIES', /^\/error\/details$/],
  ['ENUM_CASE_MISMATCH', /^(\/value\/\d+)?\/identity\/type$/],
];

// Polls of operations, and types of which the copied documents say nothing.
const undocumented =
  /\/operation(s|results)\/|\/providers\/microsoft\.eventgrid\/|^\/subscriptions\/[^/]+(\/resourcegroups(\/[^/]+)?)?\?/i;

/** Checks exchanges against Microsoft's OpenAPI documents; answers what is wrong with one, nothing when it is valid. */
export async function createOpenApiCheck(): Promise<(exchange: Exchange) => Promise<readonly unknown[]>> {
  const validator = new LiveValidator(
    {
      directory: fileURLToPath(new URL('../fixtures/openapi', import.meta.url)),
      swaggerPathsPattern: ['specification/**/stable/*/*.json'],
      git: { shouldClone: false },
      isArmCall: true,
      loadValidatorInInitialize: true,
      loadValidatorInBackground: false,
    },
    () => undefined,
  );
  await validator.initialize();
  return async (exchange) => (undocumented.test(exchange.url) ? [] : problemsOf(validator, exchange));
}

async function problemsOf(
  validator: LiveValidator,
  { method, url, body, status, headers, answer }: Exchange,
): Promise<readonly unknown[]> {
  const json = { 'content-type': 'application/json' };
  const request = body === undefined ? {} : { body: asBody(body) };
  const { requestValidationResult, responseValidationResult } = await validator.validateLiveRequestResponse({
    // The SDK of role assignments begins a scope with a second slash, which ARM does not mind.
    liveRequest: { headers: json, method, url: `https://management.azure.com${url.replace(/^\/+/, '/')}`, ...request },
    liveResponse: { statusCode: String(status), headers: { ...json, ...headers }, body: asBody(answer) },
  });
  return [requestValidationResult, responseValidationResult].flatMap(({ errors, runtimeException }) => [
    ...errors
      .filter((error) => !isReal(error))
      .map((error) => ({ method, url, status, code: error.code, message: error.message, paths: error.pathsInPayload })),
    ...(runtimeException === undefined ? [] : [{ method, url, runtimeException }]),
  ]);
}

function isReal({
  code,
  pathsInPayload,
}: {
  readonly code: string;
  readonly pathsInPayload: readonly string[];
}): boolean {
  return realThoughForbidden.some(([real, path]) => real === code && pathsInPayload.every((found) => path.test(found)));
}

function asBody(body: Json | undefined): Record<string, unknown> {
  return isObject(body) ? body : {};
}
