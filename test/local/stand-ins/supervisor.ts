import { startWorld } from '../../../infra/local/world/world.ts';
import { standIns } from '../world-support.ts';

// A world of stand-ins in a process of its own, for tests that kill it.

const [, , dir = '.'] = process.argv;
const world = await startWorld(standIns(dir));
process.send?.(world.environment().pids);
