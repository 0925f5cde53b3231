const { output } = require('@azure/functions');
const df = require('durable-functions');

const sendSmsChallengeActivityName = 'sendSmsChallenge';

if (process.env.TwilioPhoneNumber && process.env.TwilioAccountSid) {
  df.app.orchestration('smsPhoneVerification', function* (context) {
    const phoneNumber = context.df.getInput();
    if (!phoneNumber) throw new Error('A phone number input is required.');

    const challengeCode = yield context.df.callActivity(sendSmsChallengeActivityName, phoneNumber);

    // The user has 90 seconds to respond with the code they received in the SMS message.
    const expiration = new Date(context.df.currentUtcDateTime.getTime() + 90_000);
    const timeoutTask = context.df.createTimer(expiration);

    let authorized = false;
    for (let i = 0; i <= 3; i++) {
      const challengeResponseTask = context.df.waitForExternalEvent('SmsChallengeResponse');
      const winner = yield context.df.Task.any([challengeResponseTask, timeoutTask]);
      if (winner !== challengeResponseTask) break;
      if (challengeResponseTask.result === challengeCode) {
        authorized = true;
        break;
      }
    }

    // All pending timers must be complete or canceled before the function exits.
    if (!timeoutTask.isCompleted) timeoutTask.cancel();
    return authorized;
  });

  const twilioOutput = output.generic({
    type: 'twilioSms',
    from: '%TwilioPhoneNumber%',
    accountSidSetting: 'TwilioAccountSid',
  });

  df.app.activity(sendSmsChallengeActivityName, {
    extraOutputs: [twilioOutput],
    handler: (phoneNumber, context) => {
      const challengeCode = 1000 + Math.floor(Math.random() * 9000);
      context.log(`Sending verification code ${challengeCode} to ${phoneNumber}.`);
      context.extraOutputs.set(twilioOutput, {
        body: `Your verification code is ${challengeCode.toPrecision(4)}`,
        to: phoneNumber,
      });
      return challengeCode;
    },
  });
} else {
  console.warn('Missing Twilio environment variables, skipping smsPhoneVerification...');
}
