import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LiveValidator } from 'oav/dist/lib/liveValidation/liveValidator.js';
import { z } from 'zod';
import { isObject, type Json } from '../../../infra/local/arm/core/json.ts';

/** A request and its answer, as the simulator's `--record` writes them. */
const exchangeSchema = z.object({
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

/** Everything that was recorded into a folder. */
export function readRecorded(folder: string): readonly Exchange[] {
  const lines = readdirSync(folder).flatMap((file) => readFileSync(join(folder, file), 'utf8').trim().split('\n'));
  return lines.map((line) => exchangeSchema.parse(JSON.parse(line)));
}

/** What real Azure sends (recorded) although its own documents forbid it: the code of the problem and its exact path. */
const realThoughForbidden: readonly (readonly [string, RegExp])[] = [
  ['OBJECT_ADDITIONAL_PROPERTIES', /^(\/value\/\d+)?\/properties\/runningOperationIds$/],
  [
    'OBJECT_ADDITIONAL_PROPERTIES',
    /^(\/value\/\d+)?\/properties\/(addressSpace|subnets\/\d+\/properties)\/ipamPoolPrefixAllocations$/,
  ],
  ['OBJECT_ADDITIONAL_PROPERTIES', /^\/error\/(details|additionalInfo)$/],
  ['ENUM_CASE_MISMATCH', /^(\/value\/\d+)?\/identity\/type$/],
  // No recorded list has one on its last page; the document of subscriptions alone asks for it.
  ['OBJECT_MISSING_REQUIRED_PROPERTY', /^\/nextLink$/],
];

// Polls of operations, which no document describes.
const polls = /\/operation(s|results)\//i;

/** What is wrong with an exchange by a document; or (`undocumented`) that no document is here that describes it. */
export type OpenApiProblem = {
  readonly kind: 'violation' | 'undocumented';
  readonly method: string;
  readonly url: string;
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly paths: readonly string[];
};

/** Checks exchanges against Microsoft's OpenAPI documents; answers what is wrong with one, nothing when it is valid. */
export async function createOpenApiCheck(): Promise<(exchange: Exchange) => Promise<readonly OpenApiProblem[]>> {
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
  return async (exchange) => (polls.test(exchange.url) ? [] : problemsOf(validator, exchange));
}

async function problemsOf(
  validator: LiveValidator,
  { method, url, body, status, headers, answer }: Exchange,
): Promise<readonly OpenApiProblem[]> {
  const json = { 'content-type': 'application/json' };
  const request = body === undefined ? {} : { body: asBody(body) };
  const { requestValidationResult, responseValidationResult } = await validator.validateLiveRequestResponse({
    // The SDK of role assignments begins a scope with a second slash, which ARM does not mind.
    liveRequest: { headers: json, method, url: `https://management.azure.com${url.replace(/^\/+/, '/')}`, ...request },
    liveResponse: { statusCode: String(status), headers: { ...json, ...headers }, body: asBody(answer) },
  });
  // What was refused as unreadable was meant to be.
  const sent = status === 400 ? [] : requestValidationResult.errors;
  const missing = requestValidationResult.runtimeException ?? responseValidationResult.runtimeException;
  const problem = { method, url: url.slice(0, 300), status };
  return [
    ...[...sent, ...responseValidationResult.errors]
      .filter((error) => !isReal(error) && !isUndeclaredRefusal(error, url, status))
      .map(({ code, message, pathsInPayload }) => ({
        ...problem,
        kind: 'violation' as const,
        code,
        message,
        paths: pathsInPayload,
      })),
    ...(missing === undefined ? [] : [{ ...problem, kind: kindOf(missing.code, status), ...missing, paths: [] }]),
  ];
}

/** No provider, version or path of that kind is described; a verb that a described path lacks is a violation, unless it was refused. */
function kindOf(code: string, status: number): OpenApiProblem['kind'] {
  const isWrongVerb = code.endsWith('WITH_VERB') && status !== 405;
  return code.startsWith('OPERATION_NOT_FOUND') && !isWrongVerb ? 'undocumented' : 'violation';
}

/** Storage's documents declare no refusals at all. */
function isUndeclaredRefusal({ code }: { readonly code: string }, url: string, status: number): boolean {
  return code === 'INVALID_RESPONSE_CODE' && status >= 400 && /\/providers\/microsoft\.storage\//i.test(url);
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
