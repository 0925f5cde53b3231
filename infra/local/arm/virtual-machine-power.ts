import type { Action } from './core/arm.ts';
import { methodNotAllowed } from './core/arm-error.ts';
import { authorize } from './core/authorize.ts';
import { storeBody } from './core/changes.ts';
import { originOf } from './core/requests.ts';
import { parseResourceId } from './core/resource-id.ts';
import { requireResource } from './core/target.ts';
import { raise } from './events/raise.ts';
import { type PowerState, virtualMachines, withPowerState } from './resource-types/virtual-machines.ts';

const path = /^(\/subscriptions\/.+\/virtualMachines\/[^/]+)\/(start|powerOff|deallocate)$/i;
const states: ReadonlyMap<string, PowerState> = new Map([
  ['start', 'running'],
  ['poweroff', 'stopped'],
  ['deallocate', 'deallocated'],
]);

/** Starts and stops virtual machines (`POST …/start`, `powerOff`, `deallocate`); here at once. */
export const virtualMachinePower: Action = {
  matches: (request) => path.test(request.path),
  answer(world, request) {
    const [, machine = '', verb = ''] = path.exec(request.path) ?? [];
    const state = states.get(verb.toLowerCase());
    const id = parseResourceId(machine);
    if (request.method !== 'POST' || state === undefined || id === undefined)
      throw methodNotAllowed(request.method, virtualMachines.type);
    const grant = authorize(world, request.caller, `${virtualMachines.type}/${verb}/action`, id.id);
    const changed = withPowerState(requireResource(world, virtualMachines, id).body, state);
    const { body } = storeBody(world, virtualMachines, changed);
    raise(world, { body, verb: `${verb}/action`, outcome: 'Success', origin: originOf(world, request, grant, true) });
    return { status: 200, headers: {} };
  },
};
