import type { Action } from './core/arm.ts';
import { ArmError } from './core/arm-error.ts';
import { authorize } from './core/authorize.ts';
import { isRegistered, registrationOf, setRegistration } from './core/registration.ts';
import type { World } from './core/world.ts';

const path = /^\/subscriptions\/([^/]+)\/providers(?:\/([\w.]+)(?:\/(register|unregister))?)?$/i;

/** Resource providers of a subscription: their list, one of them, and their registration. */
export const providers: Action = {
  matches: (request) => path.test(request.path),
  answer(world, request) {
    const [, subscriptionId = '', namespace, verb] = path.exec(request.path) ?? [];
    const scope = `/subscriptions/${subscriptionId}`;
    if (verb === undefined) authorize(world, request.caller, 'Microsoft.Resources/subscriptions/providers/read', scope);
    else authorize(world, request.caller, `${namespace}/${verb}/action`, scope);
    if (namespace === undefined) {
      return {
        status: 200,
        headers: {},
        body: { value: namespaces(world).map((name) => shownProvider(world, subscriptionId, name)) },
      };
    }
    const known = namespaces(world).find((name) => name.toLowerCase() === namespace.toLowerCase());
    if (known === undefined) throw unknownNamespace(namespace);
    if (verb !== undefined && request.method === 'POST')
      setRegistration(world, subscriptionId, known, verb.toLowerCase() === 'register');
    return { status: 200, headers: {}, body: shownProvider(world, subscriptionId, known) };
  },
};

function namespaces(world: World): readonly string[] {
  const names = [...world.types.values()].map(({ type }) => type.split('/')[0] ?? '');
  return [...new Set([...names, 'Microsoft.Insights', 'Microsoft.ResourceGraph'])].sort();
}

function shownProvider(world: World, subscriptionId: string, namespace: string) {
  const types = [...world.types.values()].filter(({ type }) => type.split('/')[0] === namespace);
  return {
    id: `/subscriptions/${subscriptionId}/providers/${namespace}`,
    namespace,
    registrationPolicy: 'RegistrationRequired',
    registrationState: isRegistered(world, subscriptionId, namespace)
      ? 'Registered'
      : registrationOf(world, subscriptionId, namespace),
    resourceTypes: types.map(({ type, apiVersions }) => ({
      resourceType: type.slice(namespace.length + 1),
      apiVersions: [...apiVersions].reverse(),
      locations: [],
    })),
  };
}

function unknownNamespace(namespace: string): ArmError {
  const message = `The resource namespace '${namespace}' is invalid.`;
  return new ArmError(404, { code: 'InvalidResourceNamespace', message }, { 'x-ms-failure-cause': 'gateway' });
}
