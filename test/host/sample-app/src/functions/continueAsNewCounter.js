const df = require('durable-functions');

df.app.orchestration('continueAsNewCounter', function* (context) {
  const { count, until } = context.df.getInput();
  const step = yield context.df.waitForExternalEvent('Add');
  const next = count + step;
  context.df.setCustomStatus({ count: next });
  if (next < until) {
    context.df.continueAsNew({ count: next, until });
    return undefined;
  }
  return next;
});
