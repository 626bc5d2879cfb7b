// Trains an example of the gallery, and continues it when it is run again after a kill.
import { parseArgs } from 'node:util';
import { fsStore } from '@keepfit/store-fs';
import { digestTraining } from './digest-training.js';
import { examples, isExampleName } from './examples.js';

const OPTIONS = {
  epochs: { type: 'string' },
  samples: { type: 'string' },
  backup: { type: 'string' },
  help: { type: 'boolean', short: 'h', default: false },
} as const;

async function main(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  const [name = ''] = positionals;
  if (!isExampleName(name)) throw new Error(`name one of ${Object.keys(examples).join(', ')}, not "${name}"`);
  const { about, train, ...defaults } = examples[name];
  const folder = values.backup ?? `runs/gallery/${name}`;
  if (values.help) {
    console.log(`${about}

  npm run example:${name} -- --epochs 3

  --epochs N    how many epochs to train in all      [${defaults.epochs}]
  --samples N   how many samples to take, at most    [${defaults.samples}]
  --backup DIR  the folder of the backup             [${folder}]
  --help        this text

Press Ctrl-C or kill the process at any time, and run it again: it continues with the next batch.`);
    return;
  }
  const epochs = readCount('--epochs', values.epochs ?? `${defaults.epochs}`);
  const samples = readCount('--samples', values.samples ?? `${defaults.samples}`);
  console.log(
    `${about}\nThe backup is in ${folder}/. Press Ctrl-C at any time and run this again to continue.`,
  );
  const begin = performance.now();
  const model = await train({ epochs, samples, store: fsStore(folder) });
  console.log(
    `This process needed ${((performance.now() - begin) / 1000).toFixed(0)} s. SHA-256 of the whole training:`,
  );
  for (const [part, digest] of Object.entries(await digestTraining(model)))
    console.log(`  ${part}  ${digest}`);
}

function readCount(option: string, text: string): number {
  const count = Number(text);
  if (Number.isSafeInteger(count) && count > 0) return count;
  throw new Error(`${option} must be a whole number from 1, not "${text}"`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
