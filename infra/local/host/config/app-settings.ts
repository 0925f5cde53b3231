/** A text with app settings in the place of `%NAME%`. One that is not there is an error, as in the real host; `what` says of which text. */
export function withAppSettings(what: string, text: string, settings: NodeJS.ProcessEnv): string {
  return text.replace(/%(.+?)%/g, (_, name: string) => {
    const value = settings[name];
    if (!value)
      throw new Error(
        `${what} '${text}' names the app setting ${name}, which is not there. Set it, in the environment or in local.settings.json.`,
      );
    return value;
  });
}
