import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { openApiDocument } from '../../functions/api/openapi.ts';
import { operations } from '../../functions/api/operations.ts';

const document = openApiDocument(operations, 'entraId');
const text = JSON.stringify(document);

describe("the API's description", () => {
  test('names only what it has', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema(document, 'openapi');
    const references = new Set([...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference));
    expect(references.size).toBeGreaterThan(8);
    for (const reference of references) expect(() => ajv.compile({ $ref: `openapi${reference}` })).not.toThrow();
  });

  test('has a schema for everything that is answered, and no operation twice', () => {
    expect(new Set(operations.map(({ id }) => id)).size).toBe(operations.length);
    expect(new Set(operations.map(({ method, path }) => `${method} ${path}`)).size).toBe(operations.length);
    expect(text).not.toContain('"schema":{}');
  });

  test('tells every parameter of a path', () => {
    for (const { path, params } of operations) {
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      expect(Object.keys(params?.shape ?? {}).sort()).toEqual(named.sort());
    }
  });

  test('is what the README shows, route by route', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const shown = [...readme.matchAll(/\$api\/([^\s"?]+)/g)].map(([, path = '']) => path);
    const isShown = (path: string) =>
      shown.some((one) => new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(one));
    expect(operations.filter(({ path }) => !isShown(path)).map(({ path }) => path)).toEqual([]);
  });

  test('says how callers show who they are, as they have to', () => {
    expect(Object.keys(document.components.securitySchemes)).toEqual(['entraId']);
    const withKeys = openApiDocument(operations, 'functionKey');
    expect(Object.keys(withKeys.components.securitySchemes)).toEqual(['functionKey']);
  });
});
