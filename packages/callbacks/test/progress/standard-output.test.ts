import { Writable } from 'node:stream';
import { afterEach, expect, test, vi } from 'vitest';
import { getStandardOutput } from '../../src/progress/progress-display.js';
import { withProcess } from '../with-process.js';

afterEach(() => void vi.restoreAllMocks());

test("writes to the process' standard output, of the width it has at the moment", () => {
  const written: string[] = [];
  const stdout = { write: (text: string) => written.push(text), isTTY: true, columns: 40 };
  withProcess({ stdout }, () => {
    const output = getStandardOutput();
    output.write('\rhalf a line');
    expect(written).toEqual(['\rhalf a line']);
    expect([output.isTerminal, output.columns]).toEqual([true, 40]);
    stdout.columns = 90;
    expect(output.columns).toBe(90);
  });
});

test('takes a standard output that is a pipe for no terminal', () => {
  const stdout = { write: () => true };
  expect(withProcess({ stdout }, getStandardOutput).isTerminal).toBe(false);
});

test.each([undefined, {}, { stdout: {} }])('writes lines to the console where process is %o', (process) => {
  const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  withProcess(process, () => {
    const output = getStandardOutput();
    output.write('a line\n');
    expect(log.mock.calls).toEqual([['a line']]);
    expect(output.isTerminal).toBe(false);
  });
});

test('falls silent after a failed write, catches its error event, and listens no longer', async () => {
  const stdout = new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
  });
  const write = vi.spyOn(stdout, 'write');
  const output = withProcess({ ...process, stdout }, getStandardOutput);
  output.write('one');
  output.write('another in the same turn');
  expect(stdout.listenerCount('error')).toBe(0);
  await new Promise(setImmediate);
  output.write('and nothing more');
  await vi.waitUntil(() => stdout.listenerCount('error') === 0);
  expect(write).toHaveBeenCalledTimes(2);
});
