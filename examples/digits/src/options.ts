import { parseArgs } from 'node:util';

const backendNames = ['wasm', 'cpu'] as const;

export type BackendName = (typeof backendNames)[number];

/** The options of the command line. */
export interface Options {
  /** A folder of IDX files; empty for MNIST. */
  readonly data: string;
  readonly digits: number;
  readonly backend: BackendName;
  readonly epochs: number;
  readonly kills: number;
  /** How many worker threads compute the run that is killed; 0 for none. */
  readonly workers: number;
  readonly seed: number;
  readonly backup: string;
  readonly saveFreq: number | 'epoch';
  readonly plantFault: boolean;
}

/** More digits than any set has, which takes all. */
const ALL = Number.MAX_SAFE_INTEGER;

export const help = `Trains a convnet on MNIST, real handwritten digits, kills the training again and again, and proves that nothing was lost.

  npm start                       train, kill, continue; then the same without a kill; compare
  npm start -- --kills 0          only train; press Ctrl-C at any time and run it again to continue
  npm start -- --workers 2        train on two worker threads, which are ended at random too; then on one thread; compare
  npm start -- --full             train on all 60,000 digits
  npm start -- --plant-fault      spoil one weight after a kill, to see that the proof notices (exit status 1)

Options (after the --)
  --digits N       train on the first N, test on the same share                      [4000]
  --epochs N       epochs to train                                                   [3]
  --kills N        how often to kill the training process, by SIGKILL                [3]
  --workers N      threads that compute the shards of each batch, in the run that is killed  [none]
  --seed N         decides weights, order, dropout and noise                         [42]
  --save-freq N    back up each N batches, or at each "epoch"                        [10]
  --backup DIR     the folder of the backup; kept until the training is complete     [runs/digits]
  --backend NAME   wasm or cpu                                                       [wasm]
  --data DIR       a folder of four files in MNIST's format, such as Fashion-MNIST's [MNIST]
  --help           this text
`;

/**
 * Reads the command line; undefined if the user asks for help. Throws an Error with a message for the user if
 * it is wrong.
 */
export function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      backend: { type: 'string', default: 'wasm' },
      data: { type: 'string', default: '' },
      digits: { type: 'string', default: '4000' },
      full: { type: 'boolean', default: false },
      epochs: { type: 'string', default: '3' },
      kills: { type: 'string', default: '3' },
      workers: { type: 'string', default: '0' },
      seed: { type: 'string', default: '42' },
      'save-freq': { type: 'string', default: '10' },
      backup: { type: 'string', default: 'runs/digits' },
      'plant-fault': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    data: values.data,
    digits: values.full ? ALL : parseCount('digits', values.digits, 32),
    backend: getBackendName(values.backend),
    epochs: parseCount('epochs', values.epochs, 1),
    kills: parseCount('kills', values.kills, values['plant-fault'] ? 1 : 0),
    workers: parseCount('workers', values.workers, 0),
    seed: parseCount('seed', values.seed, 0),
    saveFreq: values['save-freq'] === 'epoch' ? 'epoch' : parseCount('save-freq', values['save-freq'], 1),
    backup: values.backup,
    plantFault: values['plant-fault'],
  };
}

function getBackendName(text: string): BackendName {
  const name = backendNames.find((known) => known === text);
  if (name !== undefined) return name;
  throw new Error(`--backend must be ${backendNames.join(' or ')}, not "${text}"`);
}

function parseCount(option: string, text: string, least: number): number {
  const value = Number(text);
  if (text !== '' && Number.isSafeInteger(value) && value >= least) return value;
  throw new Error(`--${option} must be a whole number from ${least}, not "${text}"`);
}
