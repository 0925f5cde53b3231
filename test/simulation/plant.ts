import { plantedBugs } from './planted-bugs.ts';
import { simulate } from './simulate.ts';

for (const [name, plant] of Object.entries(plantedBugs)) {
  if (process.argv[3] && !name.includes(process.argv[3])) continue;
  let found = null;
  let seed = 0;
  while (!found && seed < Number(process.argv[2] ?? 100)) {
    seed++;
    found = (await simulate(seed, { plant })).violation;
  }
  console.log(name, found ? seed : 'NOT FOUND', found?.slice(0, 300));
}
