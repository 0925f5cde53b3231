const { app } = require('@azure/functions');
const df = require('durable-functions');

app.http('httpStart', {
  route: 'orchestrators/{orchestratorName}',
  methods: ['POST'],
  authLevel: 'anonymous',
  extraInputs: [df.input.durableClient()],
  handler: async (request, context) => {
    const client = df.getClient(context);
    const body = await request.text();
    const instanceId = await client.startNew(request.params.orchestratorName, {
      instanceId: request.query.get('id') ?? undefined,
      input: body ? JSON.parse(body) : undefined,
    });
    context.log(`Started orchestration with ID = '${instanceId}'.`);
    return client.createCheckStatusResponse(request, instanceId);
  },
});

df.app.client.http('httpSyncStart', {
  route: 'orchestrators/wait/{orchestratorName}',
  methods: ['POST'],
  authLevel: 'anonymous',
  handler: async (request, client, context) => {
    const body = await request.json();
    const instanceId = await client.startNew(request.params.orchestratorName, { input: body });
    context.log(`Started orchestration with ID = '${instanceId}'.`);
    const milliseconds = (name) => Number(request.query.get(name) ?? 0) * 1000;
    return client.waitForCompletionOrCreateCheckStatusResponse(request, instanceId, {
      timeoutInMilliseconds: milliseconds('timeout') || 30_000,
      retryIntervalInMilliseconds: milliseconds('retryInterval') || 1000,
    });
  },
});
