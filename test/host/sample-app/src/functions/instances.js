const { app } = require('@azure/functions');
const df = require('durable-functions');

const clientInput = df.input.durableClient();

app.http('raiseEvent', {
  route: 'instances/{instanceId}/events/{eventName:alpha}',
  methods: ['POST'],
  extraInputs: [clientInput],
  handler: async (request, context) => {
    const { instanceId, eventName } = request.params;
    await df.getClient(context).raiseEvent(instanceId, eventName, await request.json());
    return { status: 202 };
  },
});

app.get('instances', {
  extraInputs: [clientInput],
  handler: async (request, context) => {
    const statuses = await df.getClient(context).getStatusBy({
      runtimeStatus: [df.OrchestrationRuntimeStatus[request.query.get('status')]],
    });
    return { jsonBody: statuses.map(({ name, runtimeStatus }) => ({ name, runtimeStatus })) };
  },
});

app.deleteRequest('stopInstance', {
  route: 'instances/{instanceId}',
  extraInputs: [clientInput],
  handler: async (request, context) => {
    const client = df.getClient(context);
    const { instanceId } = request.params;
    if (request.query.has('purge')) return { jsonBody: await client.purgeInstanceHistory(instanceId) };
    await client.terminate(instanceId, request.query.get('reason') ?? 'No longer needed');
    return { status: 204 };
  },
});
