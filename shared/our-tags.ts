/** The tag that says which deployment made a resource. */
export const deploymentTag = 'flowkeeper-deployment';

/** The tag that says which run made it. */
export const runTag = 'flowkeeper-run';
