import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { formatFile } from '../bench/src/format-file.js';
import { drawPage, type Results } from '../scripts/compare/draw-table.js';
import { judge, type Records } from '../scripts/compare/judge.js';
import { runLibrary } from '../scripts/compare/run-library.js';
import { programFile } from './programs/program-file.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const results = JSON.parse(readFileSync(`${root}scripts/compare/results.json`, 'utf8')) as Results;

const command = [process.execPath, programFile('scripts/compare/programs/train-keepfit.ts')];

test('keepfit continues a killed training exactly, in each aspect', async () => {
  const { aspects } = await runLibrary(command);
  expect(Object.entries(aspects).filter(([, { verdict }]) => verdict !== 'exact')).toEqual([]);
});

const PER_EPOCH = 2;
/** Two epochs of two batches, killed after the third batch, whose backup is of that batch. */
const whole: Records = {
  batches: [0, 1, 2, 3].map((step) => ({
    weights: `w${step}`,
    optimizer: `o${step}`,
    order: [step, 9 - step],
    dropout: `d${step}`,
    seen: 2 + 2 * (step % PER_EPOCH),
  })),
  end: {
    versions: {},
    weights: 'w4',
    optimizer: 'o4',
    trained: 4,
    metrics: { 0: 0.5, 1: 0.75 },
    history: { 0: 2, 1: 1 },
    file: ['0,2', '1,1'],
    callback: { wait: 1 },
  },
};

/** The resumed training with a change of its only batch and of its end. */
function resumed(change: object): Records {
  return {
    batches: whole.batches.map((batch, step) => (step === 3 ? { ...batch, ...change } : batch)),
    end: { ...whole.end, ...change },
  };
}

test.each([
  ['weights', { weights: 'other' }, 'lost'],
  ['optimizer', { optimizer: 'o0' }, 'lost'],
  ['place', { trained: 5 }, 'different'],
  ['order', { order: [0, 0] }, 'different'],
  ['dropout', { dropout: 'd0' }, 'different'],
  ['metrics', { seen: 2 }, 'lost'],
  ['metrics', { metrics: { 0: 0.5, 1: 0.25 } }, 'different'],
  ['history', { history: { 1: 1 } }, 'lost'],
  ['history', { history: null }, 'none'],
  ['file', { file: ['1,1'] }, 'lost'],
  ['file', { file: ['0,2', '1,1', '1,1'] }, 'different'],
  ['callback', { callback: { wait: 0 } }, 'lost'],
  ['result', { weights: 'other' }, 'different'],
] as const)('the judge sees a planted difference of %s: %o', (aspect, change, verdict) => {
  expect(judge(whole, resumed({}), 3)[aspect].verdict).toBe('exact');
  expect(judge(whole, resumed(change), 3)[aspect].verdict).toBe(verdict);
});

test('the judge refuses two runs that differ before the kill', () => {
  const other = { ...whole, batches: whole.batches.map((batch) => ({ ...batch, dropout: 'x' })) };
  expect(() => judge(whole, other, 3)).toThrow('differs from the whole one before the kill');
});

test('README.md has the table of the last comparison', async () => {
  const page = readFileSync(`${root}README.md`, 'utf8');
  expect(await formatFile(root, 'README.md', drawPage(page, results))).toBe(page);
});

test('the table needs a row of each library', () => {
  const { keras: _, ...rest } = results;
  expect(() => drawPage('<!-- compare -->\n\n<!-- /compare -->', rest)).toThrow('no row of keras');
});
