import { openScene } from '../scenarios/support/scene.ts';
import { eventToBound } from './event-to-bound.ts';
import type { Part } from './figure.ts';
import { requestFigures } from './requests.ts';

const settleSeconds = 2;

/** What is promised of single VNets, measured in the local run: requests of each story, and the time from event to bound log. */
export const benchLocalRun: Part = async ({ quick, say }) => {
  const scene = await openScene((policy) => ({ ...policy, limits: { ...policy.limits, settleSeconds } }), {
    armArgs: ['--time-scale', '1'],
  });
  try {
    say('requests of each story');
    const requests = await requestFigures(scene);
    say('from event to bound log');
    return [...requests, await eventToBound(scene, settleSeconds, quick ? 1 : 12)];
  } finally {
    await scene.close();
  }
};
