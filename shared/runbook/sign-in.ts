import type { RunbookEntry } from './entry.ts';

const identityOfApp = 'az functionapp identity show --ids $FLOWKEEPER_FUNCTION_APP_ID';
const settingsOfApp = `az functionapp config appsettings list --ids $FLOWKEEPER_FUNCTION_APP_ID \\
  --query "[?name=='AZURE_CLIENT_ID' || name=='FLOWKEEPER_CLOUD' || name=='FLOWKEEPER_ARM_ENDPOINT']" --output table`;

/** The token by which the app shows Azure who it is. */
export const signIn = {
  AuthenticationFailed: {
    happened: "Azure Resource Manager did not accept the app's token.",
    why: "The token was missing or damaged, or the app's identity was changed a moment ago.",
    mend: 'If it lasts, see that the identity in AZURE_CLIENT_ID is assigned to the function app, and restart the app.',
    command: `${identityOfApp}
${settingsOfApp}`,
  },
  ExpiredAuthenticationToken: {
    happened: "The app's token had expired by the time Azure read it.",
    why: 'The request was delayed for very long, or the clocks disagree. The next request has a new token.',
    mend: 'If it lasts, restart the app.',
    command: 'az functionapp restart --ids $FLOWKEEPER_FUNCTION_APP_ID',
  },
  InvalidAuthenticationToken: {
    happened: "Azure Resource Manager can't read the app's token, or it is meant for something else.",
    why: 'The app is set to another cloud than the one it runs in, or its identity was deleted.',
    mend: 'See that FLOWKEEPER_CLOUD names the cloud of the subscription, and that the identity in AZURE_CLIENT_ID exists.',
    command: settingsOfApp,
  },
  InvalidAuthenticationTokenTenant: {
    happened: "The app's token is of another tenant than the subscription.",
    why: 'The subscription was moved to another directory, or the policy names a subscription of another tenant.',
    mend: 'Take the subscription out of scope.subscriptions of the policy. One Flowkeeper looks after one tenant.',
    command: 'az account show --subscription <subscriptionId> --query tenantId',
  },
  AuthenticationError: {
    happened: "The app asked for a token, and Azure's identity endpoint refused.",
    why: 'The endpoint had a fault, or the identity in AZURE_CLIENT_ID is not assigned to the function app.',
    mend: "Nothing at first. If it lasts for more than some minutes, the operator looks at the app's identity.",
    command: `${identityOfApp}
${settingsOfApp}`,
  },
  CredentialUnavailableError: {
    happened: 'The app found no way to get a token.',
    why: 'The identity endpoint did not answer, or the function app has no identity.',
    mend: "Nothing at first. If it lasts for more than some minutes, the operator looks at the app's identity.",
    command: identityOfApp,
  },
} as const satisfies Record<string, RunbookEntry>;
