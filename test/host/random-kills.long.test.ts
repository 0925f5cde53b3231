import { afterAll, expect, it } from 'vitest';
import { cleanUp } from './support/host-process.ts';
import { surviveKills } from './support/random-kills.ts';

afterAll(cleanUp);

it('200 kills of host and app at random moments lose nothing that was accepted', { timeout: 30 * 60_000 }, async () => {
  const { instances } = await surviveKills(200, 2);
  expect(instances).toBe(1400);
});
