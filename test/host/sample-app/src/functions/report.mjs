import { app } from '@azure/functions';
import * as df from 'durable-functions';

const { greetingOf } = await import('../greeting.mjs');

app.http('report', {
  methods: ['GET'],
  route: 'report/{name}',
  handler: async (request) => ({ body: greetingOf(request.params.name) }),
});

df.app.orchestration('reportWriter', function* (context) {
  const cities = yield context.df.callSubOrchestrator('helloSequence');
  return cities.join(' ');
});
