import { ArmError } from './arm-error.ts';
import type { ResourceType } from './resource-type.ts';

/** The request's api-version; refuses a missing one and one that the resource type does not have. */
export function checkApiVersion(type: ResourceType, query: URLSearchParams): string {
  const version = query.get('api-version');
  if (version === null || version === '') {
    const message = 'The api-version query parameter (?api-version=) is required for all requests.';
    throw new ArmError(400, { code: 'MissingApiVersionParameter', message }, { 'x-ms-failure-cause': 'gateway' });
  }
  if (type.apiVersions.includes(version)) return version;
  const [namespace, ...rest] = type.type.split('/');
  const message =
    `No registered resource provider found for API version '${version}' for type '${rest.join('/')}' in namespace ` +
    `'${namespace}'. The supported api-versions are '${type.apiVersions.join(', ')}'.`;
  throw new ArmError(400, { code: 'NoRegisteredProviderFound', message }, { 'x-ms-failure-cause': 'gateway' });
}

/** 404 for a resource type that the simulator does not have. */
export function unknownType(type: string): ArmError {
  const [namespace, ...rest] = type.split('/');
  const message = `The resource type '${rest.join('/')}' could not be found in the namespace '${namespace}'.`;
  return new ArmError(404, { code: 'InvalidResourceType', message }, { 'x-ms-failure-cause': 'gateway' });
}
