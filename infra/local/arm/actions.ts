import type { Action } from './core/arm.ts';
import { resourceGraph } from './graph/resource-graph.ts';
import { moves } from './move-resources.ts';
import { providers } from './providers.ts';
import { virtualMachinePower } from './virtual-machine-power.ts';

/** Everything that the simulator answers besides requests about resources of a type. */
export function createActions(): readonly Action[] {
  return [resourceGraph(), providers, moves, virtualMachinePower];
}
