import { expect, test } from 'vitest';
import { CallbackList } from '../../src/callbacks/callback-list.js';
import { Callback } from '../../src/callbacks/callback.js';
import { HOOKS } from '../../src/contract/callback-hooks.js';

class Quiet extends Callback {
  override onEpochEnd(): void {}
}

test('a subclass has only the hooks that it overrides, so that no batch waits for logs nobody reads', () => {
  const quiet = new Quiet();
  expect(HOOKS.filter((hook) => hook in quiet)).toEqual(['onEpochEnd']);
  expect(new CallbackList(quiet).batchLogs).toBe(false);
});

test('the model and the parameters are errors until a trainer sets them', () => {
  for (const member of ['model', 'params'] as const)
    expect(() => new Quiet()[member]).toThrow(expect.objectContaining({ code: 'KEEPFIT_INVALID_STATE' }));
});
