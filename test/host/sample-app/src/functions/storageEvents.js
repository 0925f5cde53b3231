const { app } = require('@azure/functions');
const df = require('durable-functions');

app.eventGrid('eventGridTrigger1', {
  extraInputs: [df.input.durableClient()],
  handler: async (event, context) => {
    context.log('Event grid function processed event:', event.eventType, event.subject);
    if (event.data.poison) throw new Error('This event cannot be used.');
    const client = df.getClient(context);
    await client.startNew('makeThumbnail', { instanceId: event.id, input: { url: event.data.url } });
  },
});

df.app.orchestration('makeThumbnail', function* (context) {
  const { url } = context.df.getInput();
  return yield context.df.callActivity('sayHello', url);
});
