const df = require('durable-functions');

const activityName = 'sayHello';

df.app.orchestration('helloSequence', function* (context) {
  const outputs = [];
  outputs.push(yield context.df.callActivity(activityName, 'Tokyo'));
  context.df.setCustomStatus('Tokyo');
  outputs.push(yield context.df.callActivity(activityName, 'Seattle'));
  context.df.setCustomStatus('Seattle');
  outputs.push(yield context.df.callActivity(activityName, 'Cairo'));
  context.df.setCustomStatus('London');
  return outputs;
});

df.app.activity(activityName, {
  handler: (name) => `${process.env.Greeting} ${name}!`,
});
