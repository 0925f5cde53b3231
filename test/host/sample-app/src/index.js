const { app } = require('@azure/functions');

app.hook.appStart((context) => {
  context.hookData.startedAt = new Date().toISOString();
  console.log('appStart hook executed.');
});

app.hook.appTerminate((context) => {
  console.log(`appTerminate hook executed, started at ${context.hookData.startedAt}.`);
});

app.hook.preInvocation((context) => {
  context.hookData.startedAt = Date.now();
  if (context.invocationContext.options.trigger.type !== 'httpTrigger') return;
  if (context.invocationContext.functionName !== 'hooked') return;
  context.inputs.push('input of the hook');
  const handler = context.functionHandler;
  context.functionHandler = async (...args) => {
    const result = await handler(...args);
    return { ...result, headers: { 'x-wrapped': 'true' } };
  };
  try {
    context.hookData = {};
  } catch (error) {
    context.invocationContext.log(`Ignored error: ${error.message}`);
  }
});

const neverRuns = app.hook.preInvocation((context) => {
  context.invocationContext.log('This should never run.');
});
neverRuns.dispose();

app.hook.postInvocation((context) => {
  const { functionName } = context.invocationContext;
  if (context.error?.name === 'ValidationError') {
    context.error = null;
    context.result = { status: 422, jsonBody: { problem: 'validation' } };
  }
  if (functionName === 'hooked') {
    const took = Date.now() - context.hookData.startedAt;
    context.invocationContext.log(`postInvocation hook executed, result: ${JSON.stringify(context.result)}`);
    if (!Number.isFinite(took)) throw new Error('The data of the first hook is not here.');
  }
});

// Phone numbers do not belong in logs.
app.hook.log((context) => {
  context.message = context.message.replace(/\+\d{8,}/g, (number) => `***${number.slice(-2)}`);
});
