import { expect, test } from 'vitest';
import { KeyPattern } from '../../src/callbacks/key-pattern.js';

test.each([
  ['best', {}, 'best'],
  ['epoch-{epoch}', { epoch: 3 }, 'epoch-3'],
  ['e{epoch:03d}-{val_loss:.2f}', { epoch: 3, val_loss: 0.456 }, 'e003-0.46'],
  ['e{epoch}-{loss}', { epoch: 1, loss: 0.25 }, 'e1-0.25'],
  ['e-{loss}', { loss: NaN }, 'e-nan'],
  ['e-{loss}', { loss: 1e21 }, 'e-1e21'],
  ['e-{loss:.1f}', { loss: -0.5 }, 'e--0.5'],
])('fills %s', (pattern, values, key) => {
  expect(new KeyPattern(pattern, 'keyPattern').fill(values as Record<string, number>)).toBe(key);
});

test('knows the names it needs', () => {
  expect(new KeyPattern('e{epoch:02d}-{val_loss}', 'keyPattern').names).toEqual(['epoch', 'val_loss']);
});

test.each(['', 'Best', 'a/b', '../x', 'e{epoch:x}', '{', 'e{epoch'])(
  'refuses the pattern %o at once',
  (pattern) => {
    expect(() => new KeyPattern(pattern, 'keyPattern')).toThrow(
      expect.objectContaining({ code: 'KEEPFIT_INVALID_OPTION' }),
    );
  },
);

test('names the values there are where one is missing', () => {
  expect(() => new KeyPattern('e-{val_loss}', 'keyPattern').fill({ epoch: 1, loss: 2 })).toThrow(
    /\{val_loss\}.*there are epoch, loss/,
  );
});

test('refuses a result that is no key', () => {
  const pattern = new KeyPattern('{loss}', 'keyPattern');
  expect(() => pattern.fill({ loss: -1 })).toThrow(
    expect.objectContaining({ code: 'KEEPFIT_INVALID_OPTION' }),
  );
});
