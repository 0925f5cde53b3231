import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Fault, openScene, type Scene, untilState } from './support/scene.ts';

type Story = {
  readonly kind: string;
  readonly name: string;
  readonly faults: readonly Omit<Fault, 'path'>[];
  /** What is told in the end, and how often the flow log was put. */
  readonly told: object;
  readonly puts: number;
};

const parked = (code: string, actor: string) => ({ state: 'Blocked', because: 'parked', problem: { code, actor } });
const compliant = { state: 'Compliant', problem: null };

/** One network for each class of Azure's errors. */
const stories: readonly Story[] = [
  {
    kind: 'busy: repeated soon',
    name: 'vnet-fast',
    faults: [{ status: 409, code: 'AnotherOperationInProgress', times: 2 }],
    told: compliant,
    puts: 3,
  },
  {
    kind: 'throttled: repeated when Azure says',
    name: 'vnet-throttled',
    faults: [{ status: 429, code: 'TooManyRequests', retryAfterSeconds: 2, times: 1 }],
    told: compliant,
    puts: 2,
  },
  {
    kind: 'not yet everywhere: waited for',
    name: 'vnet-propagation',
    faults: [{ operation: { code: 'FailedIdentityOperation', message: 'Not yet.' }, times: 1 }],
    told: compliant,
    puts: 2,
  },
  {
    kind: 'a code that nobody knows: its status decides',
    name: 'vnet-unlisted',
    faults: [{ status: 503, code: 'SomethingNew', times: 1 }],
    told: compliant,
    puts: 2,
  },
  {
    kind: 'no answer: looked for, and not made twice',
    name: 'vnet-lost',
    faults: [{ effect: 'after', times: 1 }],
    told: compliant,
    puts: 2,
  },
  {
    kind: 'the owner has to act: not repeated',
    name: 'vnet-owner',
    faults: [{ status: 403, code: 'DenyAssignmentAuthorizationFailed', times: 0 }],
    told: parked('DenyAssignmentAuthorizationFailed', 'owner'),
    puts: 1,
  },
  {
    kind: 'the operator has to act: not repeated',
    name: 'vnet-operator',
    faults: [{ status: 400, code: 'CannotSetResourceIdentity', times: 0 }],
    told: parked('CannotSetResourceIdentity', 'operator'),
    puts: 1,
  },
  {
    kind: 'the developers have to act: not repeated',
    name: 'vnet-developer',
    faults: [{ status: 400, code: 'NoRegisteredProviderFound', times: 0 }],
    told: parked('NoRegisteredProviderFound', 'developer'),
    puts: 1,
  },
  {
    kind: 'the same request would be refused again: looked at anew, soon',
    name: 'vnet-twice',
    faults: [{ status: 400, code: 'CannotCreateMoreThanOneFlowLogPerTargetResource', times: 0 }],
    told: parked('CannotCreateMoreThanOneFlowLogPerTargetResource', 'wait'),
    puts: 1,
  },
];

describe("Azure's refusals, a class at a time", () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene();
    await scene.createNetwork('vnet-first');
    await untilState(scene, 'vnet-first', 'Compliant');
    for (const { name, faults } of stories)
      for (const fault of faults) await scene.fault({ method: 'PUT', path: `flowLogs/${name}-`, ...fault });
    for (const { name } of stories) await scene.createNetwork(name);
  });
  afterAll(() => scene.close());

  it.each(stories)('$kind ($name)', async ({ name, told, puts }) => {
    const { state } = told as { state: string };
    const { id, problem, until } = await untilState(scene, name, state);
    expect(await scene.told(name)).toMatchObject(told);
    if (problem) {
      expect(problem.runbook).toBe(`docs/runbook.md#${problem.code.toLowerCase()}`);
      expect(Date.parse(until ?? '')).toBeGreaterThan(Date.now());
    }
    const sent = (await scene.requests()).filter(({ method, path }) => method === 'PUT' && path.includes(`/${name}-`));
    expect(sent).toHaveLength(puts);
    expect(await scene.flowLogsOf(id)).toHaveLength(state === 'Compliant' ? 1 : 0);
  });
});
