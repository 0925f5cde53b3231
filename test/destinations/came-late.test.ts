import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { deploymentTag } from '../../shared/our-tags.ts';
import { identity } from '../arm/support/estate.ts';
import { networkId, type Opened, openStory } from './support/stories.ts';

const identityId = identity('id-stwest');
const refused = { method: 'PUT', path: '/roleAssignments/', status: 403, code: 'AuthorizationFailed', times: 0 };

/** What the app, or a person, asks Azure for. */
function makeIdentity({ azure }: Opened, tags: Record<string, string>): void {
  const made = azure.send('PUT', `${identityId}?api-version=2024-11-30`, { location: 'westeurope', tags });
  expect(made.status).toBe(201);
}

/** A destination that is blocked, because the right to give a role is missing; what it needed was made and taken back. */
async function blocked(): Promise<Opened> {
  const opened = openStory('a new log', [refused]);
  await opened.ask(networkId);
  await opened.rest();
  expect(await opened.destinations()).toMatchObject([{ state: 'blocked', intent: [] }]);
  expect(opened.azure.send('GET', `${identityId}?api-version=2024-11-30`).status).toBe(404);
  return opened;
}

async function lookAgain(opened: Opened): Promise<void> {
  await opened.ask(networkId, 'manual');
  await opened.rest();
}

describe('an identity that Azure made for a process that had died, after it was taken back', () => {
  test('is taken back with the next look', async () => {
    const opened = await blocked();
    makeIdentity(opened, { [deploymentTag]: 'test' });
    await lookAgain(opened);
    expect(await opened.destinations()).toMatchObject([{ state: 'blocked', intent: [] }]);
    expect(await opened.check()).toEqual([]);
  });

  test('is used where nothing stands in the way any more', async () => {
    const opened = await blocked();
    makeIdentity(opened, { [deploymentTag]: 'test' });
    opened.azure.faults.clear();
    await lookAgain(opened);
    expect(await opened.state()).toEqual({ told: 'Compliant', enabled: true });
    expect(await opened.check()).toEqual([]);
  });

  test('is told from one that a run has noted and not published: nobody is asked who uses that', async () => {
    const given = { id: identityId, location: 'westeurope', properties: { principalId: randomUUID() } };
    const plain = openStory('a new log', [], [given]);
    await plain.ask(networkId);
    await plain.rest();
    const opened = openStory('a new log');
    opened.endRunAt({ call: plain.calls.indexOf('ensureRoleAssignment'), when: 'before', state: 'Terminated' });
    await opened.ask(networkId);
    await opened.rest();
    expect(await opened.destinations()).toMatchObject([{ state: 'pending' }]);
    opened.endRunAt(null);
    const asked = ({ azure }: Opened, from = 0) =>
      azure.sent.slice(from).filter((line) => line.includes('ResourceGraph')).length;
    const before = opened.azure.sent.length;
    await opened.minutes(5);
    expect(await opened.state()).toEqual({ told: 'Compliant', enabled: true });
    expect(asked(opened, before)).toBe(asked(plain));
  });

  test("is told from somebody else's, which stays", async () => {
    const opened = await blocked();
    makeIdentity(opened, { owner: 'network-team' });
    await lookAgain(opened);
    expect(opened.azure.send('GET', `${identityId}?api-version=2024-11-30`).status).toBe(200);
  });
});
