// What the bench of the embedded host runs: one activity, in the two patterns that matter, and the same work without durability.
const { app } = require('@azure/functions');
const df = require('durable-functions');

const greet = (name) => `Hello, ${name}!`;

df.app.activity('greet', { handler: greet });
df.app.orchestration('chain', function* (ctx) {
  const out = [];
  for (let hop = 0; hop < 5; hop += 1) out.push(yield ctx.df.callActivity('greet', `hop ${hop}`));
  return out;
});
df.app.orchestration('fanOut', function* (ctx) {
  return yield ctx.df.Task.all(Array.from({ length: 100 }, (_, at) => ctx.df.callActivity('greet', `task ${at}`)));
});
app.http('plainGreet', {
  route: 'greet/{name}',
  methods: ['GET'],
  authLevel: 'anonymous',
  handler: (request) => ({ body: greet(request.params.name) }),
});
