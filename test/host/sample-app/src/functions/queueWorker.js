const { app, output } = require('@azure/functions');

app.storageQueue('storageQueueTrigger1', {
  queueName: 'copyblobqueue',
  connection: 'AzureWebJobsStorage',
  return: output.storageBlob({ path: '{queueTrigger}-copy', connection: 'AzureWebJobsStorage' }),
  handler: (queueItem, context) => {
    context.log('Storage queue function processed work item:', queueItem);
    return 'never';
  },
});

app.http('addToQueue', {
  methods: ['POST'],
  return: output.http(),
  extraOutputs: [
    output.storageQueue({ name: 'queued', queueName: 'copyblobqueue', connection: 'AzureWebJobsStorage' }),
  ],
  handler: async (request, context) => {
    context.extraOutputs.set('queued', await request.text());
    return { status: 202 };
  },
});
