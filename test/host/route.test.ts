import { describe, expect, it } from 'vitest';
import type { AppFunction } from '../../infra/local/host/app/protocol.ts';
import { findHttpFunction, httpFunctions } from '../../infra/local/host/triggers/http.ts';
import { parseRoute } from '../../infra/local/host/triggers/route.ts';

const match = (template: string, path: string) => parseRoute(template).match(path.split('/').filter(Boolean));

describe('a route template', () => {
  it.each([
    ['networks', 'Networks', {}],
    ['remediations/{id}', 'remediations/7', { id: '7' }],
    ['a/{b}/c', 'a/x/c', { b: 'x' }],
    ['a/{b?}', 'a', {}],
    ['a/{b=home}', 'a', { b: 'home' }],
    ['{*rest}', 'a/b/c', { rest: 'a/b/c' }],
    ['{**rest}', '', {}],
    ['n/{id:int:min(1)}', 'n/12', { id: '12' }],
    ['n/{id:guid}', 'n/f1db2c0d-cbb9-5919-a7f7-01d6e3bfe6b0', { id: 'f1db2c0d-cbb9-5919-a7f7-01d6e3bfe6b0' }],
    ['n/{id:length(2,3)}', 'n/abc', { id: 'abc' }],
    ['n/{id:regex(^\\d{{2}}$)}', 'n/12', { id: '12' }],
    ['n/{id:regex(^\\d{{2}}$)}', 'n/1', null],
    ['networks', 'networks/1', null],
    ['a/{b}', 'a', null],
    ['n/{id:int}', 'n/x', null],
    ['n/{id:int:min(1)}', 'n/0', null],
    ['n/{id:alpha}', 'n/a1', null],
  ])('%s against %s', (template, path, expected) => {
    expect(match(template, path)).toEqual(expected);
  });
  it('with a constraint that nobody knows is an error', () => {
    expect(() => parseRoute('{id:prime}')).toThrow("The route constraint 'prime' is not known.");
  });
});

describe('of several functions', () => {
  const fn = (name: string, route: string, methods?: string[]): AppFunction => ({
    name,
    bindings: { req: { type: 'httpTrigger', direction: 'in', route, ...(methods && { methods }) } },
  });
  const functions = httpFunctions(
    [
      fn('rest', '{*all}', ['GET']),
      fn('one', 'n/{id}', ['GET']),
      fn('number', 'n/{id:int}', ['GET']),
      fn('put', 'n/{id}', ['PUT']),
      fn('me', 'n/me'),
    ],
    () => {},
  );
  const found = (method: string, path: string) => findHttpFunction(functions, method, path.split('/'))?.found.fn.name;

  it('the one with the most specific route that takes the method is meant', () => {
    expect(['n/me', 'n/7', 'n/x', 'o/x/y'].map((path) => found('GET', path))).toEqual(['me', 'number', 'one', 'rest']);
    expect(found('PUT', 'n/7')).toBe('put');
    expect(found('DELETE', 'n/me')).toBe('me');
  });
  it('a route that fits but not its methods is told from no route at all', () => {
    expect(findHttpFunction(functions, 'DELETE', ['n', '7'])).toBe(null);
    expect(findHttpFunction(functions.slice(0, 2), 'GET', ['o'])).toBe(undefined);
  });
});
