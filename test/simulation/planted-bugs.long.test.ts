import { describe, expect, it } from 'vitest';
import { plantedBugs } from './planted-bugs.ts';
import { simulate } from './simulate.ts';

const mostWorlds = 500;

describe('a broken product is caught:', () => {
  it.each(Object.entries(plantedBugs))('%s', { timeout: 900_000 }, async (bug, plant) => {
    let violation: string | null = null;
    let worlds = 0;
    while (!violation && worlds < mostWorlds) {
      worlds += 1;
      ({ violation } = await simulate(worlds, { plant }));
    }
    console.log(`${bug}: ${violation ? `caught after ${worlds} worlds` : `not caught in ${worlds} worlds`}`);
    expect(violation).not.toBeNull();
  });
});
