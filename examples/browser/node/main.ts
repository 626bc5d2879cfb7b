// The page's training in Node: continues a checkpoint that the page gave for download, and makes one that the page takes.
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { trainInNode } from './train-in-node.js';

const HELP = `Trains what the page of this example trains, and continues a checkpoint that it gave for download.

  npm run example:browser:node -- --file digits.safetensors --batches 100

  --file X      the checkpoint: continued where it is there, written at a pause, deleted at the end   [digits.safetensors]
  --batches N   pause after so many                                                                   [train to the end]
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
  console.log(given === undefined ? `There is no ${file}: training from the begin.` : `Continuing ${file}.`);
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
