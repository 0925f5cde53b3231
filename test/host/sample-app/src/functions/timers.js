const { app } = require('@azure/functions');

app.timer('timeReport', {
  schedule: '%ReportSchedule%',
  handler: (myTimer, context) => {
    context.log('Below the level that host.json asks for.');
    context.warn(
      `Timer function processed request, past due: ${myTimer.isPastDue}, next: ${myTimer.scheduleStatus?.next}`,
    );
  },
});

app.timer('timerTriggerWithRetry', {
  schedule: '0 0 0 1 1 *',
  runOnStartup: true,
  retry: { strategy: 'fixedDelay', delayInterval: { seconds: 1 }, maxRetryCount: 4 },
  handler: (_myTimer, context) => {
    if ((context.retryContext?.retryCount ?? 0) < 2) throw new Error('Retry!');
    const { retryCount, maxRetryCount } = context.retryContext;
    context.log(`Timer function processed request after ${retryCount} of ${maxRetryCount} retries.`);
  },
});
