// The page's training in Node: continues a checkpoint that the page gave for download, and makes one that the page takes.
//   npm run example:browser:node -- --file digits.safetensors --batches 100
import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { isKeepfitError } from '@keepfit/callbacks';
import { trainInNode } from './train-in-node.js';

const { values } = parseArgs({ options: { file: { type: 'string', default: 'digits.safetensors' }, batches: { type: 'string', default: '' } } });
const batches = values.batches === '' ? Number.POSITIVE_INFINITY : Number(values.batches);
if (Number.isNaN(batches) || batches < 1) throw new Error(`--batches must be a number from 1, not "${values.batches}"`);

try {
  const given = existsSync(values.file) ? await readFile(values.file) : undefined;
  console.log(given === undefined ? `There is no ${values.file}: training from the begin.` : `Continuing ${values.file}.`);
  const ending = await trainInNode(given, batches);
  if (ending.kind === 'done') {
    await rm(values.file, { force: true });
    console.log(`Done. SHA-256 of all weights: ${ending.weights}`);
  } else {
    await writeFile(values.file, ending.checkpoint);
    console.log(`Paused after ${batches} batches. ${values.file} can be uploaded to the page, or continued here.`);
  }
} catch (error) {
  console.error(isKeepfitError(error) || error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
