const PREFIX = 'azurefunctionsjobhost__';

/**
 * host.json with what app settings say instead: `AzureFunctionsJobHost__extensions__http__routePrefix=v1` stands for
 * `extensions.http.routePrefix`, in any case. Their values are texts, as everywhere in .NET's configuration.
 */
export function withOverrides(hostJson: unknown, settings: NodeJS.ProcessEnv): unknown {
  return Object.entries(settings).reduce((json, [name, value]) => {
    if (!name.toLowerCase().startsWith(PREFIX) || value === undefined) return json;
    return withValue(json, name.slice(PREFIX.length).split('__'), value);
  }, hostJson);
}

function withValue(json: unknown, [name = '', ...rest]: string[], value: string): unknown {
  const fields = typeof json === 'object' && json !== null ? json : {};
  const [known = name, before] = Object.entries(fields).find(([one]) => one.toLowerCase() === name.toLowerCase()) ?? [];
  return { ...fields, [known]: rest.length === 0 ? value : withValue(before, rest, value) };
}
