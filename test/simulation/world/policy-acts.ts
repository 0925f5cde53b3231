import type { Draw } from './acting.ts';
import type { World } from './world.ts';

/** Most such changes are taken back before the world comes to rest. */
export function changePolicyFor(world: World, draw: Draw, change: object): string {
  if (draw('back') < 0.8) {
    world.timeline.at(world.timeline.now() + 20_000 + draw('pause') * 120_000, () => {
      world.note('!! the policy is as it was');
      void savePolicy(world, {});
    });
  }
  return savePolicy(world, change);
}

export function savePolicy(world: World, change: object): string {
  void world.books.policies.save({ ...world.plan.policy, ...change }, {});
  return JSON.stringify(change);
}

/** A change of every flow log that is as it should be. Where it waits for a person, half of them approve it. */
export function retainFor(world: World, draw: Draw, retentionDays: number): string {
  if (draw('approves') < 0.5)
    for (const seconds of [70, 150, 230])
      world.timeline.at(world.timeline.now() + seconds * 1000, () => void approve(world));
  const rules = world.plan.policy.rules.map((rule) => ({ ...rule, flowLog: { retentionDays } }));
  return changePolicyFor(world, draw, { rules });
}

/** What waits by now, whatever it says. */
async function approve({ books, host, note }: World): Promise<void> {
  const pending = (await books.policies.current())?.pending;
  if (!pending?.weight) return;
  const { status } = await host.request('POST', '/api/policy/approve', JSON.stringify({ etag: pending.etag }));
  note(`   who approves a policy for ${pending.weight.networks} networks is answered ${status}`);
}
