import { access, chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './run.ts';

const bicepVersion = '0.49.2';
const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(root, '.tools', 'bicep');
const packages = join(folder, 'packages');

/** Runtimes that the compiler is published for, by Node's names. */
const runtimes: Readonly<Record<string, string>> = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'darwin-x64': 'osx-x64',
  'darwin-arm64': 'osx-arm64',
  'win32-x64': 'win-x64',
  'win32-arm64': 'win-arm64',
};

/** Something that a person must install before Bicep can be compiled. The message says what. */
export class CompilerUnavailable extends Error {
  override readonly name = 'CompilerUnavailable';
}

/** Path of the Bicep compiler under `.tools/`, or undefined where it has not been fetched yet. */
export async function findCompiler(): Promise<string | undefined> {
  const runtime = currentRuntime();
  // NuGet writes this file last, so that a package that another process is just unpacking does not count.
  const unpacked = join(packageFolder(runtime), '.nupkg.metadata');
  return access(unpacked).then(
    () => compilerPath(runtime),
    () => undefined,
  );
}

/** Path of the Bicep compiler, fetched from NuGet first where it is not there. Throws CompilerUnavailable. */
export async function ensureCompiler(): Promise<string> {
  return (await findCompiler()) ?? fetchCompiler(currentRuntime());
}

async function fetchCompiler(runtime: string): Promise<string> {
  const sdk = await run('dotnet', ['--version']).catch((): undefined => undefined);
  if (sdk === undefined || sdk.exitCode !== 0) {
    throw new CompilerUnavailable(
      'The Bicep compiler comes from NuGet, and no .NET SDK was found to fetch it with. Install the .NET SDK, 8.0 or later, so that `dotnet --version` answers, and run this again.',
    );
  }
  await mkdir(folder, { recursive: true });
  const project = await mkdtemp(join(folder, 'fetch-'));
  try {
    await writeFile(join(project, 'fetch.csproj'), projectFile(runtime, sdk.stdout.trim()));
    const restored = await run('dotnet', ['restore', project, '--packages', packages]);
    if (restored.exitCode !== 0) {
      throw new CompilerUnavailable(`NuGet did not give the Bicep compiler:\n${restored.stdout}${restored.stderr}`);
    }
  } finally {
    await rm(project, { recursive: true, force: true });
  }
  await chmod(compilerPath(runtime), 0o755);
  return compilerPath(runtime);
}

/** A project that only downloads: the framework is the SDK's own, so that nothing else has to be fetched. */
function projectFile(runtime: string, sdkVersion: string): string {
  return `<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <TargetFramework>net${sdkVersion.split('.')[0]}.0</TargetFramework>
  </PropertyGroup>
  <ItemGroup>
    <PackageDownload Include="Azure.Bicep.CommandLine.${runtime}" Version="[${bicepVersion}]" />
  </ItemGroup>
</Project>
`;
}

function compilerPath(runtime: string): string {
  return join(packageFolder(runtime), 'tools', runtime.startsWith('win') ? 'bicep.exe' : 'bicep');
}

function packageFolder(runtime: string): string {
  return join(packages, `azure.bicep.commandline.${runtime}`, bicepVersion);
}

function currentRuntime(): string {
  const runtime = runtimes[`${process.platform}-${process.arch}`];
  if (runtime === undefined) {
    throw new CompilerUnavailable(`The Bicep compiler is not published for ${process.platform}-${process.arch}.`);
  }
  return runtime;
}
