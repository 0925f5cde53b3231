import { expect, test } from 'vitest';
import { z } from 'zod';
import { examplePolicy } from '../scenarios/support/bare-estate.ts';
import { openScene, untilState } from '../scenarios/support/scene.ts';
import { followGuide } from './follow-guide.ts';

const stated = z.looseObject({ mode: z.string(), rules: z.array(z.looseObject({ name: z.string() })) });

test('the commands of the guide that ask Flowkeeper itself do what the guide says', async (context) => {
  const scene = await openScene(null);
  try {
    await scene.createNetwork('vnet-of-the-guide', 'northeurope');
    const { rules, ...rest } = examplePolicy();
    const policy = { ...rest, mode: 'audit', rules: rules.map((rule) => ({ ...rule, name: 'platform' })) };
    const api = new URL(scene.environment().functionsUrl);
    const followed = await followGuide({ 'policy.json': JSON.stringify(policy) }, api);
    if (followed === null) return context.skip('There is no jq on this machine, which the guide asks for.');
    try {
      const { exitCode, stderr, stdout } = followed.finished;
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      // No policy waits, so there is no ETag to approve; all else is taken.
      expect([...stdout.matchAll(/"type":"about:blank".*?"status":(\d+)/g)].map((match) => match[1])).toEqual(['400']);
      expect(stdout).toMatch(/^location: .*\/api\/remediations\//im);
      expect(await followed.read('networks.csv')).toContain('vnet-of-the-guide');
      expect(stated.parse(JSON.parse(await followed.read('policy.json')))).toMatchObject({ mode: 'audit' });
      // The rule that was switched to enforce, and then everything switched off in an emergency.
      const { body } = await scene.call('/api/policy');
      expect(stated.parse(body)).toMatchObject({ mode: 'off', rules: [{ name: 'platform', mode: 'enforce' }] });
      const back = { method: 'PUT', body: JSON.stringify({ ...stated.parse(body), mode: 'audit' }) };
      await scene.call('/api/policy', back);
      await untilState(scene, 'vnet-of-the-guide', 'Compliant');
    } finally {
      await followed.remove();
    }
  } finally {
    await scene.close();
  }
});
