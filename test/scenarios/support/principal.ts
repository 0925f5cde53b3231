/** The header by which App Service says who has signed in, with more claims than anyone may keep. */
export function principalHeader(objectId: string, roles: readonly string[], authType = 'aad'): Record<string, string> {
  const claims = [
    { typ: 'http://schemas.microsoft.com/identity/claims/objectidentifier', val: objectId },
    { typ: 'name', val: 'Somebody Secret' },
    { typ: 'preferred_username', val: 'somebody.secret@example.com' },
    ...roles.map((val) => ({ typ: 'roles', val })),
  ];
  const principal = { auth_typ: authType, name_typ: 'name', role_typ: 'roles', claims };
  return { 'x-ms-client-principal': Buffer.from(JSON.stringify(principal)).toString('base64') };
}
