import type { ArmResponse, ErrorBody } from './exchange.ts';

/** An answer of ARM that refuses a request: status, `error` body and headers. */
export class ArmError extends Error {
  readonly status: number;
  readonly error: ErrorBody;
  readonly headers: { readonly [name: string]: string };

  constructor(status: number, error: ErrorBody, headers: { readonly [name: string]: string } = {}) {
    super(`${status} ${error.code}: ${error.message}`);
    this.name = 'ArmError';
    this.status = status;
    this.error = error;
    this.headers = headers;
  }
}

/** The answer a refused request gets on the wire. */
export function errorResponse(error: ArmError): ArmResponse {
  const source = 'x-ms-failure-cause' in error.headers ? undefined : { 'x-ms-error-code': error.error.code };
  return { status: error.status, headers: { ...source, ...error.headers }, body: { error: error.error } };
}

// ARM's gateway refuses before the resource provider sees the request: recorded with this header and without x-ms-error-code.
const gateway = { 'x-ms-failure-cause': 'gateway' };

/** 404 of ARM for a resource that does not exist; the text is recorded. */
export function resourceNotFound(typePath: string, resourceGroup: string | undefined): ArmError {
  const place = resourceGroup === undefined ? '' : ` under resource group '${resourceGroup}'`;
  const message = `The Resource '${typePath}'${place} was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix`;
  return new ArmError(404, { code: 'ResourceNotFound', message }, gateway);
}

/** 404 of ARM for a resource group that does not exist. */
export function resourceGroupNotFound(name: string): ArmError {
  return new ArmError(
    404,
    { code: 'ResourceGroupNotFound', message: `Resource group '${name}' could not be found.` },
    gateway,
  );
}

/** 404 of ARM for a subscription that does not exist. */
export function subscriptionNotFound(subscriptionId: string): ArmError {
  const message = `The subscription '${subscriptionId}' could not be found.`;
  return new ArmError(404, { code: 'SubscriptionNotFound', message }, gateway);
}

/** 404 for a write under a parent that does not exist. */
export function parentNotFound(parentPath: string): ArmError {
  const message = `Can not perform requested operation on nested resource. Parent resource '${parentPath}' not found.`;
  return new ArmError(404, { code: 'ParentResourceNotFound', message }, gateway);
}

/** 400 for a body that the resource provider cannot read. */
export function invalidRequest(message: string, target?: string): ArmError {
  return new ArmError(400, { code: 'InvalidRequestContent', message, target });
}

/** 405 for a verb that the resource type does not have. */
export function methodNotAllowed(method: string, type: string): ArmError {
  const message = `The requested resource does not support http method '${method}' (resource type '${type}').`;
  return new ArmError(405, { code: 'MethodNotAllowed', message }, { ...gateway, Allow: 'GET' });
}
