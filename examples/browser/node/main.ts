// Runs the page's training in Node. It continues a checkpoint downloaded from the page, and makes one that
// the page can continue.
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { trainInNode } from './train-in-node.js';

const HELP = `Trains the model of the page of this example, and continues a checkpoint downloaded from it.

  npm run example:browser:node -- --file digits.safetensors --batches 100

  --file X      the checkpoint: continued if it exists, written at a pause, deleted at the end   [digits.safetensors]
  --batches N   pause after this many                                                            [train to the end]
  --help        this text`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      file: { type: 'string', default: 'digits.safetensors' },
      batches: { type: 'string', default: 'Infinity' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return console.log(HELP);
  const batches = Number(values.batches);
  if (!(batches >= 1)) throw new Error(`--batches must be a number from 1, not "${values.batches}"`);
  await train(values.file, batches);
}

async function train(file: string, batches: number): Promise<void> {
  const given = existsSync(file) ? await readFile(file) : undefined;
  console.log(
    given === undefined ? `There is no ${file}: training from the beginning.` : `Continuing ${file}.`,
  );
  const ending = await trainInNode(given, batches);
  if (ending.kind === 'done') {
    await rm(file, { force: true });
    console.log(`Done. SHA-256 of all weights: ${ending.weights}`);
  } else {
    await writeFile(file, ending.checkpoint);
    console.log(`Paused after ${batches} batches. ${file} can be uploaded to the page, or continued here.`);
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
