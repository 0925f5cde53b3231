import { readFileSync } from 'node:fs';

// Names what failed in the reports of vitest that are given, and counts, in the last line, as vitest did: node summary.mjs report.json …

const reports = process.argv.slice(2).map((file) => JSON.parse(readFileSync(file, 'utf8')));
const files = reports.flatMap(({ testResults }) => testResults);
const passed = reports.reduce((total, { numPassedTests }) => total + numPassedTests, 0);

// A test file that could not even be loaded has no failed tests; it counts as one failure.
const failures = files.flatMap(({ name, status, message, assertionResults }) => {
  const failed = assertionResults.filter((test) => test.status === 'failed');
  if (failed.length === 0) return status === 'failed' ? [`${name}: not loaded\n${message}`] : [];
  return failed.map(({ fullName, failureMessages }) => `${name}: ${fullName}\n${failureMessages[0]}`);
});

for (const failure of failures) console.log(`FAILED ${failure.slice(0, 2000)}`);
console.log(`${passed} passed, ${failures.length} failed`);
