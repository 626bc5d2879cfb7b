import { afterEach, expect, test, vi } from 'vitest';
import { standardOutput } from '../../src/progress/standard-output.js';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test("writes to the process' standard output, of the width it has at the moment", () => {
  const written: string[] = [];
  const stdout = { write: (text: string) => written.push(text), isTTY: true, columns: 40 };
  vi.stubGlobal('process', { stdout });
  const output = standardOutput();
  output.write('\rhalf a line');
  expect(written).toEqual(['\rhalf a line']);
  expect([output.isTerminal, output.columns]).toEqual([true, 40]);
  stdout.columns = 90;
  expect(output.columns).toBe(90);
});

test('takes a standard output that is a pipe for no terminal', () => {
  vi.stubGlobal('process', { stdout: { write: () => true } });
  expect(standardOutput().isTerminal).toBe(false);
});

test.each([undefined, {}, { stdout: {} }])('writes lines to the console where process is %o', (process) => {
  vi.stubGlobal('process', process);
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  const output = standardOutput();
  output.write('a line\n');
  expect(log.mock.calls).toEqual([['a line']]);
  expect(output.isTerminal).toBe(false);
});
