import { parseArgs } from 'node:util';
import { BenchError } from './bench-error.js';

export const HELP = `Measures every bar of docs/performance.md, each in a separate process, and writes the figures to bench/results/.
A run of all benches also draws them in the tables of the documents.

  npm run bench -- [options]

  --only loop,disk   these benches only
  --update           with --only: puts the figures in the place of the former ones, in the documents too
  --quick            fewer and smaller runs: a smoke test, not a measurement
  --folder FOLDER    for the files that are written and read, on the disk to measure   [bench/dist]
  --against REF      compares with another commit: builds it beside this tree and runs both in turns
  --rounds N         turns of each with --against; 5 are the least for a verdict   [5]
  --draw             measures nothing, and draws the figures of bench/results/all.json in the documents
  --help             this text`;

export interface Options {
  readonly help: boolean;
  readonly draw: boolean;
  /** The benches to run. */
  readonly names: readonly string[];
  /** Whether `names` are not all benches. */
  readonly isPart: boolean;
  /** Whether the figures of a part replace those of the last whole run. */
  readonly update: boolean;
  readonly quick: boolean;
  readonly folder: string | undefined;
  readonly against: string | undefined;
  readonly rounds: number;
}

/** Parses the command line. Throws a BenchError if an option or the name of a bench is unknown. */
export function parseCommandLine(args: readonly string[], benches: readonly string[]): Options {
  const { help, draw, only, update, quick, folder, against, rounds } = parse(args);
  const names = only?.split(',') ?? benches;
  const unknown = names.filter((name) => !benches.includes(name));
  if (unknown.length > 0)
    throw new BenchError(`there is no bench ${unknown.join(', ')}; there are ${benches.join(', ')}`);
  if (update && (only === undefined || quick || against !== undefined))
    throw new BenchError('--update needs --only, and goes with neither --quick nor --against');
  if (rounds !== undefined && against === undefined)
    throw new BenchError('--rounds needs --against: without it, each bench chooses its runs');
  return {
    help,
    draw,
    names,
    isPart: only !== undefined,
    update,
    quick,
    folder,
    against,
    rounds: parseRounds(rounds ?? '5'),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        only: { type: 'string' },
        update: { type: 'boolean', default: false },
        quick: { type: 'boolean', default: false },
        folder: { type: 'string' },
        against: { type: 'string' },
        rounds: { type: 'string' },
        draw: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw new BenchError(
      `${error instanceof Error ? error.message : String(error)} (--help lists the options)`,
    );
  }
}

function parseRounds(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text);
  throw new BenchError(`--rounds must be a whole number from 1, not "${text}"`);
}
