import { afterAll, expect, it } from 'vitest';
import { cleanUp } from './support/host-process.ts';
import { surviveKills } from './support/random-kills.ts';

afterAll(cleanUp);

it('kills of host and app at random moments lose nothing that was accepted', async () => {
  const { instances } = await surviveKills(3, 1);
  expect(instances).toBe(21);
});
