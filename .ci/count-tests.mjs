// Prints how many tests passed and failed, from Vitest's JSON report and exit status; with --failures, what
// failed and why, a test at a time. A test file that could not be run is one failure, and so is a run that
// failed without saying which test.
import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';

const MESSAGE_LINES = 12;
const [file, status, what] = process.argv.slice(2);
const report = existsSync(file)
  ? JSON.parse(readFileSync(file, 'utf8'))
  : { numPassedTests: 0, numFailedTests: 0, testResults: [] };
const broken = report.testResults.filter(
  ({ status: ending, assertionResults }) =>
    ending === 'failed' && assertionResults.every(({ status: one }) => one !== 'failed'),
);
if (what === '--failures') printFailures();
else printCounts();

function printCounts() {
  const failed = report.numFailedTests + broken.length;
  console.log(report.numPassedTests, failed === 0 && status !== '0' ? 1 : failed);
}

function printFailures() {
  for (const { name, assertionResults } of report.testResults) {
    for (const { status: ending, fullName, failureMessages } of assertionResults)
      if (ending === 'failed') print(name, fullName, failureMessages.join('\n'));
  }
  for (const { name, message } of broken) print(name, 'could not be run', message);
}

function print(path, title, message) {
  console.log(`FAILED ${relative(process.cwd(), path)}: ${title}`);
  // Vitest's report has no message for a test that takes too long.
  if (message.includes('STACK_TRACE_ERROR')) console.log('  It timed out.');
  for (const line of message.split('\n').slice(0, MESSAGE_LINES)) console.log(`  ${line}`);
}
