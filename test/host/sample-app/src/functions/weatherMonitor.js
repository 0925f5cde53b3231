const { app } = require('@azure/functions');
const df = require('durable-functions');

const clearWeatherConditions = ['clear sky', 'few clouds', 'scattered clouds', 'broken clouds'];
const getIsClearActivity = 'getIsClear';
const sendGoodWeatherAlertActivity = 'sendGoodWeatherAlert';

df.app.orchestration('weatherMonitor', function* (context) {
  const input = context.df.getInput();
  if (!input?.location?.city) throw new Error('A city is required on the location input.');
  const endTime = context.df.currentUtcDateTime.getTime() + 6 * 3_600_000;

  let checks = 0;
  while (context.df.currentUtcDateTime.getTime() < endTime) {
    if (!context.df.isReplaying) context.log(`Checking current weather conditions for ${input.location.city}.`);
    const isClear = yield context.df.callActivity(getIsClearActivity, input.location);
    checks++;
    if (isClear) {
      yield context.df.callActivity(sendGoodWeatherAlertActivity, input.phone);
      break;
    }
    const nextCheckpoint = new Date(context.df.currentUtcDateTime.getTime() + input.pollSeconds * 1000);
    yield context.df.createTimer(nextCheckpoint);
  }
  return checks;
});

df.app.activity(getIsClearActivity, {
  handler: async (location, context) => {
    try {
      const response = await fetch(`http://${process.env.WEBSITE_HOSTNAME}/api/weather/${location.city}`);
      const { description } = await response.json();
      return clearWeatherConditions.includes(description);
    } catch (err) {
      context.log(`${getIsClearActivity} encountered an error: ${err}`);
      throw err;
    }
  },
});

df.app.activity(sendGoodWeatherAlertActivity, {
  handler: (phoneNumber, context) => {
    context.log(`The weather's clear outside! Go take a walk! To ${phoneNumber}`);
  },
});

// The weather service of this sample: it rains when it is asked for the first time.
let asked = 0;
app.http('weather', {
  methods: ['GET'],
  authLevel: 'anonymous',
  route: 'weather/{city}',
  handler: () => ({ jsonBody: { description: asked++ === 0 ? 'light rain' : 'few clouds' } }),
});
