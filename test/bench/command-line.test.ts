import { expect, test } from 'vitest';
import { HELP, parseCommandLine } from '../../bench/src/command-line.js';

const parse = (...args: string[]) => parseCommandLine(args, ['loop', 'disk', 'size']);

test('without options, all benches run and nothing is compared', () => {
  expect(parse()).toEqual({
    help: false,
    draw: false,
    names: ['loop', 'disk', 'size'],
    isPart: false,
    update: false,
    quick: false,
    folder: undefined,
    against: undefined,
    rounds: 5,
  });
});

test('--against takes a commit, and works with --only, --quick and --rounds', () => {
  expect(parse('--against', 'HEAD~1', '--only', 'disk,loop', '--quick')).toMatchObject({
    against: 'HEAD~1',
    names: ['disk', 'loop'],
    isPart: true,
    rounds: 5,
  });
  expect(parse('--against', 'main', '--rounds', '9')).toMatchObject({ rounds: 9, quick: false });
});

test('--update puts the figures of some benches into those of all', () => {
  expect(parse('--only', 'disk', '--update')).toMatchObject({ names: ['disk'], isPart: true, update: true });
});

test.each([
  [['--only', 'loop,nope'], 'there is no bench nope; there are loop, disk, size'],
  [['--agianst', 'main'], "Unknown option '--agianst'"],
  [['loop'], "Unexpected argument 'loop'"],
  [['--against'], 'argument missing'],
  [['--against', 'main', '--rounds', '0'], '--rounds must be a whole number from 1, not "0"'],
  [['--rounds', '3'], '--rounds needs --against'],
  [['--update'], '--update needs --only'],
  [['--update', '--only', 'disk', '--quick'], 'goes with neither --quick nor --against'],
])('%j is refused with one message and status 1', (args, message) => {
  expect(() => parse(...args)).toThrow(
    expect.objectContaining({ name: 'BenchError', status: 1, message: expect.stringContaining(message) }),
  );
});

test('the usage text names every option', () => {
  for (const option of ['only', 'update', 'quick', 'folder', 'against', 'rounds', 'draw', 'help'])
    expect(HELP).toMatch(new RegExp(`^ {2}--${option}\\b`, 'm'));
});
