import { closeSync, fsyncSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { CONTENTS } from './contents.js';
import { WRITERS } from './writers.js';

/**
 * A process that writes all contents with one writer, and marks the begin and the acknowledgement of each
 * round in the log.
 */
const [name = '', mounted = '', marks = ''] = process.argv.slice(2);
const writer = WRITERS.find((one) => one.name === name);
if (writer === undefined) throw new Error(`there is no writer "${name}"`);

const marking = openSync(marks, 'w');
const folder = join(mounted, 'runs');
mkdirSync(folder, { mode: 0o700 });
spawnSync('sync', ['-f', folder]);

for (const [round, bytes] of CONTENTS.entries()) {
  if (round === 0 || (bytes === undefined && writer.delete === undefined)) continue;
  writeSync(marking, `begin ${round}`);
  const onDone = (): void => void writeSync(marking, `acknowledged ${round}`);
  await (bytes === undefined ? writer.delete?.(folder, onDone) : writer.set(folder, bytes, onDone));
  syncNeighbour(round);
}

/**
 * Syncs another program's file of the same file system. The file system decides what else of the checkpoint
 * this puts on the disk.
 */
function syncNeighbour(round: number): void {
  const neighbour = openSync(join(mounted, 'neighbour'), 'a');
  writeSync(neighbour, `${round}\n`);
  fsyncSync(neighbour);
  closeSync(neighbour);
}
