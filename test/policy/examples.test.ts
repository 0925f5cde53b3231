import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { policySchema } from '../../infra/docs/policy-schema.ts';
import { parsePolicy } from '../../shared/policy/parse-policy.ts';
import { document, ruleOf, storageId } from '../decide/support/samples.ts';

const folder = new URL('../../docs/policies/', import.meta.url);
const read = (name: string) => readFileSync(new URL(name, folder), 'utf8');
const examples = readdirSync(folder).filter((name) => name.endsWith('.json') && name !== 'policy.schema.json');
// What an editor has: the file alone.
const editor = z.fromJSONSchema(JSON.parse(read('policy.schema.json')));

test('docs/policies/policy.schema.json is what `npm run docs` writes', () => {
  expect(read('policy.schema.json')).toBe(policySchema());
});

test.each(examples)('the example %s is a policy, for Flowkeeper and for an editor', (name) => {
  const example: unknown = JSON.parse(read(name));
  expect(parsePolicy(example)).toMatchObject({ ok: true });
  expect(editor.safeParse(example).error).toBeUndefined();
});

test('there is an example for a single subscription, a landing zone and a regulated estate', () => {
  expect(examples).toEqual(['landing-zone.json', 'regulated-estate.json', 'single-subscription.json']);
});

describe('an editor marks', () => {
  test.each([
    { what: 'an unknown field', text: document({ exemption: [] }) },
    { what: 'an unknown mode', text: document({ mode: 'enforced' }) },
    { what: 'an unknown field of a rule', text: document({}, { flowlog: {} }) },
    { what: 'a rule without destination', text: { version: 1, rules: [{ ...ruleOf(), destination: undefined }] } },
    { what: 'a number that is too large', text: document({ limits: { attempts: 100 } }) },
    {
      what: 'an interval that Azure does not know',
      text: document({}, { trafficAnalytics: { workspaceResourceId: storageId('x'), intervalMinutes: 30 } }),
    },
  ])('$what', ({ text }) => {
    expect(editor.safeParse(JSON.parse(JSON.stringify(text))).success).toBe(false);
  });
});

test('every field says what it is for, or is one of those whose name says it', () => {
  const plain =
    /^(version|\$schema|exemptions|tags|name|managementGroups|subscriptions|locations|kind|formatVersion|intervalMinutes|values|reason|failedShare)$/;
  const undescribed: string[] = [];
  const walk = (schema: unknown, path: string): void => {
    if (typeof schema !== 'object' || schema === null) return;
    for (const [key, value] of Object.entries(schema)) {
      if (key === 'properties')
        for (const [name, field] of Object.entries(value as object))
          if (!('description' in field) && !plain.test(name)) undescribed.push(`${path}.${name}`);
      walk(value, key === 'properties' || key === 'items' ? path : `${path}.${key}`);
    }
  };
  walk(JSON.parse(policySchema()), '');
  expect(undescribed).toEqual([]);
});
