import { z } from 'zod';

/** What a caller may do: look, or change something too. */
export type Role = 'Reader' | 'Operator';

/** Who calls. The object id is all that is kept of a person; a function key names nobody. */
export type Caller = { readonly objectId: string | null; readonly roles: readonly Role[] };

export type Identified =
  | { readonly kind: 'caller'; readonly caller: Caller }
  | { readonly kind: 'unknown'; readonly why: string };

const claim = z.object({ typ: z.string(), val: z.string() });
const principal = z.object({
  auth_typ: z.string(),
  role_typ: z.string().nullish(),
  claims: z.array(claim),
});

/** Entra ID's claims come under their short names or as URIs, as the sign-in's token version has it. */
const objectIdClaims = ['oid', 'http://schemas.microsoft.com/identity/claims/objectidentifier'];
const roleClaims = ['roles', 'http://schemas.microsoft.com/ws/2008/06/identity/claims/role'];

/**
 * Reads `X-MS-CLIENT-PRINCIPAL`, which App Service sets once a caller has signed in, and takes out of every request that
 * comes from outside (learn.microsoft.com/azure/app-service/configure-authentication-user-identities). So it is to be
 * believed only where that authentication is on. No other claim than the object id and the roles leaves this function.
 */
export function readPrincipal(header: string | null): Identified {
  if (!header) return { kind: 'unknown', why: 'Sign in with Entra ID.' };
  const parsed = principal.safeParse(decoded(header));
  if (!parsed.success) return { kind: 'unknown', why: 'The principal that the platform named can not be read.' };
  const { auth_typ, role_typ, claims } = parsed.data;
  if (auth_typ !== 'aad') return { kind: 'unknown', why: 'Only Entra ID is accepted for signing in.' };
  const valuesOf = (types: readonly string[]) => claims.filter(({ typ }) => types.includes(typ)).map(({ val }) => val);
  const [objectId] = valuesOf(objectIdClaims);
  if (!z.guid().safeParse(objectId).success || objectId === undefined)
    return { kind: 'unknown', why: 'The principal has no object id.' };
  const named = valuesOf(role_typ ? [...roleClaims, role_typ] : roleClaims);
  const roles = (['Reader', 'Operator'] as const).filter((role) => named.includes(role));
  return { kind: 'caller', caller: { objectId: objectId.toLowerCase(), roles } };
}

/** Whoever has the function key may do everything: there is one key, and it names nobody. */
export const keyHolder: Caller = { objectId: null, roles: ['Operator'] };

/** An Operator may do what a Reader may. */
export function may({ roles }: Caller, role: Role): boolean {
  return roles.includes('Operator') || roles.includes(role);
}

function decoded(base64: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(base64, 'base64')));
  } catch {
    return null;
  }
}
