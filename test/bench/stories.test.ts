import { afterAll, beforeAll, expect, it } from 'vitest';
import { openScene, type Scene } from '../scenarios/support/scene.ts';
import { type Counted, countStories, promised } from './stories.ts';

let scene: Scene;
let stories: ReadonlyMap<string, Counted>;

beforeAll(async () => {
  scene = await openScene();
  stories = new Map((await countStories(scene)).map((counted) => [counted.story, counted]));
});
afterAll(() => scene.close());

it.each(promised)('$story: requests stay within the promise', ({ story, perNetwork, perRegion, perDestination }) => {
  const counted = stories.get(story);
  expect(counted?.perNetwork).toBeLessThanOrEqual(perNetwork);
  expect(counted?.perRegion).toBeLessThanOrEqual(perRegion);
  expect(counted?.perDestination).toBeLessThanOrEqual(perDestination);
  expect(counted?.others).toEqual([]);
});

it('counts what there is to count', () => {
  expect(stories.get('new VNet, destination ready')?.perNetwork).toBeGreaterThan(0);
  expect(stories.get('destination checked')?.perDestination).toBeGreaterThan(0);
  expect(stories.get('sweep, nothing to do')?.graph).toBeGreaterThan(0);
});
