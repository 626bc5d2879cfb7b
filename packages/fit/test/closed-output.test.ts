import { fork } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from 'vitest';
import { programFile } from '../../../test/programs/program-file.js';

describe.concurrent.each([1, 2])('verbose %d', (verbose) => {
  test('a training ends well although the readers of its output have gone', async () => {
    const child = fork(programFile('packages/fit/test/helpers/train-with-output.ts'), [String(verbose)], {
      silent: true,
    });
    const exit = once(child, 'exit');
    const messages: unknown[] = [];
    child.on('message', (message) => {
      messages.push(message);
      if (message !== 'shown') return;
      child.stdout?.destroy();
      child.stderr?.destroy();
      child.send('closed');
    });
    expect(await exit).toEqual([0, null]);
    expect(messages).toEqual(['shown', { epochs: 5, listeners: 0 }]);
  });
});
