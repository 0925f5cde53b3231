/** Why a function is not run, though it is registered; null when it is. */
export function whyDisabled(name: string, settings: NodeJS.ProcessEnv, only: readonly string[] | null): string | null {
  const same = (one: string) => one.toLowerCase() === name.toLowerCase();
  if (only && !only.some(same)) return 'it is not among the "functions" of host.json';
  // The second form is for shells in which a name cannot hold dots.
  const keys = [`AzureWebJobs.${name}.Disabled`, `AzureWebJobs__${name}__Disabled`].map((key) => key.toLowerCase());
  const setting = Object.entries(settings).find(([key, value]) => keys.includes(key.toLowerCase()) && isOn(value));
  return setting ? `the app setting ${setting[0]} says so` : null;
}

function isOn(value: string | undefined): boolean {
  return /^(1|true)$/i.test(value ?? '');
}
