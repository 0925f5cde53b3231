const NAME = /^languageWorkers(__|:)node(__|:)arguments$/i;

/** What the app setting `languageWorkers__node__arguments` puts on the command line of the app's process, as in the real host. */
export function workerArguments(settings: NodeJS.ProcessEnv): string[] {
  const [, text = ''] = Object.entries(settings).find(([name]) => NAME.test(name)) ?? [];
  return text.split(/\s+/).filter((argument) => argument !== '');
}
