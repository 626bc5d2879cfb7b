import { expect, test } from 'vitest';
import type { Aspect } from '../scripts/compare/judge.js';
import { runLibrary } from '../scripts/compare/run-library.js';
import { programFile } from './programs/program-file.js';

const command = [process.execPath, programFile('scripts/compare/programs/train-keepfit.ts')];

test('a training without a backup has lost everything', async () => {
  const { aspects } = await runLibrary(command, ['fresh']);
  const lost = Object.keys(aspects).filter((aspect) => aspects[aspect as Aspect].verdict === 'lost');
  expect(lost).toEqual(expect.arrayContaining(['weights', 'optimizer', 'place', 'metrics']));
});
