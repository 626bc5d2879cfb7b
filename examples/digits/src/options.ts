import { parseArgs } from 'node:util';

/** What the person asked for. */
export interface Options {
  readonly data: string;
  readonly epochs: number;
  readonly kills: number;
  readonly seed: number;
  readonly backup: string;
  readonly saveFreq: number | 'epoch';
  readonly plantFault: boolean;
}

export const help = `Trains a small convnet on real handwritten digits, kills the training again and again, and proves that nothing was lost.

  npm start                       train, kill, continue; then the same without a kill; compare
  npm start -- --kills 0          only train; press Ctrl-C at any time and run it again to continue
  npm start -- --plant-fault      spoil one weight after a kill, to see that the proof notices (exit status 1)

Options (after the --)
  --epochs N       epochs to train                                                   [5]
  --kills N        how often the training process is killed, by SIGKILL              [3]
  --seed N         what weights, order, dropout and noise depend on                  [42]
  --save-freq N    back up each N batches, or at each "epoch"                        [10]
  --backup DIR     the folder of the backup; kept until the training is complete     [runs/digits]
  --data FILE      a CSV file, gzipped or not, of square images: pixels, then class  [the 1,797 digits in this repository]
  --help           this text
`;

/** Reads the command line; undefined where help was asked for. Throws an Error with a line for the person where it is wrong. */
export function readOptions(args: readonly string[]): Options | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      data: { type: 'string', default: '' },
      epochs: { type: 'string', default: '5' },
      kills: { type: 'string', default: '3' },
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
    epochs: count('epochs', values.epochs, 1),
    kills: count('kills', values.kills, values['plant-fault'] ? 1 : 0),
    seed: count('seed', values.seed, 0),
    saveFreq: values['save-freq'] === 'epoch' ? 'epoch' : count('save-freq', values['save-freq'], 1),
    backup: values.backup,
    plantFault: values['plant-fault'],
  };
}

function count(option: string, text: string, least: number): number {
  const value = Number(text);
  if (text !== '' && Number.isSafeInteger(value) && value >= least) return value;
  throw new Error(`--${option} must be a whole number from ${least}, not "${text}"`);
}
