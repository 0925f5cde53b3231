import { openApiDocument } from './api/openapi.ts';
import { getOpenApi, operations } from './api/operations.ts';
import { type Access, serve } from './api/serve.ts';

/** `GET /api/openapi.json`: the API, described by the schemas that it checks with. */
export function registerOpenApi(access: Access): void {
  const document = openApiDocument(operations, access);
  serve(getOpenApi, access, async () => ({ status: 200, jsonBody: document }));
}
