import { expect, test } from 'vitest';
import { decideOnMismatch } from '../../src/backup/mismatch.js';
import { version } from '../../src/version.js';

const semantics = { item: 'semantics', saved: 2, current: 3, canContinue: true };
const decide = (library: string) => () => decideOnMismatch('backup', { library }, [semantics], 'error');

test('a checkpoint of another version names it, as the one that can finish the run', () => {
  expect(decide('0.3.0-beta')).toThrow(`install keepfit "0.3.0-beta", which saved it, not ${version}`);
});

test('one of this version does not', () => {
  expect(decide(version)).toThrow('semantics: saved 2, now 3');
  expect(decide(version)).not.toThrow('keepfit "');
});
