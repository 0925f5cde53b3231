import { errors, exportJWK, exportPKCS8, generateKeyPair, importPKCS8, jwtVerify, SignJWT } from 'jose';
import { ArmError } from '../core/arm-error.ts';
import type { Caller } from '../core/exchange.ts';
import type { Principal } from '../core/world.ts';

const lifetimeSeconds = 24 * 3600;
const rememberedTokens = 1_000;
// What the public cloud's tokens may be for, and what the SDKs of arm-msi and -authorization ask for: their own endpoint.
const publicAudiences = [
  'https://management.azure.com',
  'https://management.azure.com/',
  'https://management.core.windows.net/',
  'https://management.core.windows.net',
];

/** Issues and verifies the tokens of the simulated tenant. */
export type Tokens = {
  issue(
    principal: Omit<Principal, 'name'>,
    audience: string,
  ): Promise<{ readonly token: string; readonly expiresOn: number }>;
  /** The caller that a request's `Authorization` header proves, to ARM unless other audiences are given; refuses with ARM's 401s. */
  verify(authorization: string | undefined, audiences?: readonly string[]): Promise<Caller>;
};

/** A new signing key, as text to keep. */
export async function newSigningKey(): Promise<string> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return exportPKCS8(privateKey);
}

/** Tokens signed with a kept key, for one tenant and the ARM at `endpoint`. */
export async function createTokens(signingKey: string, tenantId: string, endpoint: string): Promise<Tokens> {
  const key = await importPKCS8(signingKey, 'RS256', { extractable: true });
  const { kty, n, e } = await exportJWK(key);
  const publicKey = { kty: kty ?? 'RSA', n: n ?? '', e: e ?? '', alg: 'RS256' };
  const issuer = `https://sts.windows.net/${tenantId}/`;
  const audience: readonly string[] = [...publicAudiences, endpoint, `${endpoint}/`];
  const known = new Map<string, Caller & { readonly expiresAt: number }>();

  async function issue({ principalId, clientId }: Omit<Principal, 'name'>, wanted: string) {
    const expiresOn = Math.floor(Date.now() / 1000) + lifetimeSeconds;
    const token = await new SignJWT({ appid: clientId, oid: principalId, tid: tenantId, idtyp: 'app', ver: '1.0' })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT' })
      .setIssuer(issuer)
      .setAudience(wanted)
      .setSubject(principalId)
      .setIssuedAt()
      .setNotBefore('0s')
      .setExpirationTime(expiresOn)
      .sign(key);
    return { token, expiresOn };
  }

  async function verify(authorization: string | undefined, audiences = audience): Promise<Caller> {
    const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined)
      throw unauthenticated('AuthenticationFailed', "Authentication failed. The 'Authorization' header is missing.");
    const key = `${audiences[0]} ${token}`;
    const seen = known.get(key);
    if (seen !== undefined && seen.expiresAt > Date.now()) return seen;
    const caller = await verified(token, audiences);
    if (known.size >= rememberedTokens) known.clear();
    known.set(key, caller);
    return caller;
  }

  async function verified(
    token: string,
    audiences: readonly string[],
  ): Promise<Caller & { readonly expiresAt: number }> {
    try {
      const { payload } = await jwtVerify(token, publicKey, { issuer, audience: [...audiences] });
      const claims = Object.fromEntries(Object.entries(payload).flatMap(([name, value]) => claim(name, value)));
      const expiresAt = (payload.exp ?? 0) * 1000;
      return { principalId: String(payload.oid), clientId: String(payload.appid), claims, expiresAt };
    } catch (error) {
      throw refusal(error, tenantId);
    }
  }

  return { issue, verify };
}

/** Claims as events carry them: texts only, object id and tenant under their long names. */
function claim(name: string, value: unknown): readonly (readonly [string, string])[] {
  if (name === 'oid') return [['http://schemas.microsoft.com/identity/claims/objectidentifier', String(value)]];
  if (name === 'tid') return [['http://schemas.microsoft.com/identity/claims/tenantid', String(value)]];
  return typeof value === 'string' || typeof value === 'number' ? [[name, String(value)]] : [];
}

function refusal(error: unknown, tenantId: string): ArmError {
  if (error instanceof errors.JWTExpired) {
    return unauthenticated(
      'ExpiredAuthenticationToken',
      'The access token expiry UTC time is earlier than current UTC time.',
    );
  }
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'aud') {
    return unauthenticated(
      'InvalidAuthenticationTokenAudience',
      'The access token has been obtained for the wrong audience or resource.',
    );
  }
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'iss') {
    const message = `The access token is from the wrong issuer. It must match the tenant '${tenantId}' associated with this subscription.`;
    return unauthenticated('InvalidAuthenticationTokenTenant', message);
  }
  return unauthenticated('InvalidAuthenticationToken', 'The access token is invalid.');
}

function unauthenticated(code: string, message: string): ArmError {
  const headers = {
    'x-ms-failure-cause': 'gateway',
    'WWW-Authenticate': `Bearer authorization_uri="https://login.microsoftonline.com/", error="invalid_token", error_description="${message}"`,
  };
  return new ArmError(401, { code, message }, headers);
}
