import type { FlowLog } from '@azure/arm-network';
import { type DriftCase, otherIdentity, type Subject } from './drift-scene.ts';

const bound = ({ log }: Subject): string[] => Object.keys(log.identity?.userAssignedIdentities ?? {});
const to = (...ids: string[]): Partial<FlowLog> => ({
  identity: { type: 'UserAssigned', userAssignedIdentities: Object.fromEntries(ids.map((id) => [id, {}])) },
});

/** Somebody binds the log to another identity, to one more, or to none. */
export const identity: readonly DriftCase[] = [
  {
    check: 'identityMissing',
    network: 'vnet-unbound',
    location: 'uksouth',
    tamper: ({ write }) => write({ identity: { type: 'None' } }),
    expected: bound,
    actual: () => [],
    action: 'update',
    fields: ['identityId'],
  },
  {
    check: 'identityWrong',
    network: 'vnet-rebound',
    location: 'uksouth',
    tamper: ({ write }) => write(to(otherIdentity)),
    expected: bound,
    actual: () => [otherIdentity],
    action: 'update',
    fields: ['identityId'],
  },
  {
    check: 'identityExtra',
    network: 'vnet-bound-twice',
    location: 'uksouth',
    tamper: (subject) => subject.write(to(...bound(subject), otherIdentity)),
    expected: bound,
    actual: (subject) => [...bound(subject), otherIdentity],
    action: 'update',
  },
];
