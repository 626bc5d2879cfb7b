import * as callbacks from '@keepfit/callbacks';
import * as tensorBoard from '@keepfit/tensorboard';
import { expect, test } from 'vitest';
import { triesAll } from '../../../test/setup/sample.js';
import { callbackCases } from './helpers/callback-cases.js';
import { callbackCrashTests } from './helpers/callback-crash-tests.js';

callbackCrashTests({
  ...{ thrown: [], killed: [3], everyCase: 2, everyKill: triesAll ? 3 : 16 },
  ...{ proves: true, twice: false },
});

test('every callback that is exported is in this test', () => {
  const notCallbacks = ['Callback', 'CallbackList'];
  const exported = Object.entries({ ...callbacks, ...tensorBoard }).filter(
    ([name, value]) => isCallbackClass(value) && !notCallbacks.includes(name),
  );
  expect(Object.keys(callbackCases).sort()).toEqual(exported.map(([name]) => name).sort());
});

function isCallbackClass(value: unknown): boolean {
  if (typeof value !== 'function') return false;
  const { prototype } = value as { prototype?: object };
  if (prototype === undefined) return false;
  return (
    prototype instanceof callbacks.Callback ||
    Object.getOwnPropertyNames(prototype).some((member) => /^on[A-Z]/.test(member))
  );
}
