import { openApiDocument } from './api/openapi.ts';
import { getOpenApi, operations } from './api/operations.ts';
import { type Access, serve } from './api/serve.ts';

/** `GET /api/openapi.json`: the API, described by the schemas that it checks with. Made when it is first asked for, not while the app loads. */
export function registerOpenApi(access: Access): void {
  let document: ReturnType<typeof openApiDocument> | null = null;
  serve(getOpenApi, access, async () => {
    document ??= openApiDocument(operations, access);
    return { status: 200, jsonBody: document };
  });
}
