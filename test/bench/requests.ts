import type { Scene } from '../scenarios/support/scene.ts';
import type { Figure } from './figure.ts';
import { countStories, promised } from './stories.ts';

/** Requests to ARM in each story of which a number is promised; polls of operations not counted. For a scene with nothing in it. */
export async function requestFigures(scene: Scene): Promise<Figure[]> {
  const counted = await countStories(scene);
  return promised.map(({ story, ...most }) => {
    const asked = counted.find((one) => one.story === story);
    if (!asked) throw new Error(`The story '${story}' was not played.`);
    return {
      what: `${story}: about VNet, region and destination`,
      unit: 'requests',
      value: sum(asked) + asked.others.length,
      baseline: { name: 'the promise', value: sum(most) },
    };
  });
}

type PerSubject = { readonly perNetwork: number; readonly perRegion: number; readonly perDestination: number };

function sum({ perNetwork, perRegion, perDestination }: PerSubject): number {
  return perNetwork + perRegion + perDestination;
}
