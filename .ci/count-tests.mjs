// Prints how many tests passed and failed, from Vitest's JSON report and exit status.
// A test file that could not be run is one failure, and so is a run that failed without saying which test.
import { existsSync, readFileSync } from 'node:fs';

const [file, status] = process.argv.slice(2);
const { passed, failed } = existsSync(file) ? count(JSON.parse(readFileSync(file, 'utf8'))) : { passed: 0, failed: 0 };
console.log(passed, failed === 0 && status !== '0' ? 1 : failed);

function count({ numPassedTests, numFailedTests, testResults }) {
  const broken = testResults.filter(({ status: ending, assertionResults }) => ending === 'failed' && assertionResults.every(({ status: one }) => one !== 'failed'));
  return { passed: numPassedTests, failed: numFailedTests + broken.length };
}
