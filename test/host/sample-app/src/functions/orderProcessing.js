const df = require('durable-functions');

const attempts = new Map();

df.app.orchestration('orderProcessing', function* (context) {
  const order = context.df.getInput();
  const retryOptions = new df.RetryOptions(1000, 3);
  retryOptions.backoffCoefficient = 1;

  const [payment, parcels] = yield context.df.Task.all([
    context.df.callActivityWithRetry('chargeCard', retryOptions, order),
    context.df.callSubOrchestrator('packOrder', order.items, `${context.df.instanceId}:pack`),
  ]);
  try {
    yield context.df.callSubOrchestratorWithRetry('askSupplier', new df.RetryOptions(1000, 2), order.number);
  } catch (error) {
    context.log(`Orchestrator caught exception: ${error.message}`);
    yield context.df.callActivity('refund', { order: order.number, reason: error.message });
    return { payment, parcels, refunded: true };
  }
  return { payment, parcels, refunded: false };
});

df.app.orchestration('packOrder', function* (context) {
  const items = context.df.getInput();
  const packed = yield context.df.Task.all(items.map((item) => context.df.callActivity('packItem', item)));
  return packed;
});

df.app.orchestration('askSupplier', function* (context) {
  const answer = yield context.df.callActivity('packItem', context.df.getInput());
  throw Error(`askSupplier: the supplier has never ${answer}.`);
});

df.app.activity('chargeCard', {
  handler: ({ number }, context) => {
    const attempt = (attempts.get(number) ?? 0) + 1;
    attempts.set(number, attempt);
    context.warn(`Attempt ${attempt} for order ${number}`);
    if (attempt < 3) throw new Error('The bank does not answer.');
    return { attempt };
  },
});
df.app.activity('packItem', { handler: (item) => `packed ${item}` });
df.app.activity('refund', { handler: async ({ order, reason }, context) => context.log(`Refund ${order}: ${reason}`) });
