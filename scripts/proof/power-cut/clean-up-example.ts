// Makes what the rig makes, for the test of what cleans it up: a mounted disk in a folder, a loop device and a
// program that uses the disk. Prints the folder and the program's id, and ends as its argument says.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanUpAtEnd, killAtEnd, succeeds } from './clean-up.js';

const folder = mkdtempSync(join(tmpdir(), 'keepfit-clean-up-'));
cleanUpAtEnd(folder);
const [disk, image] = [join(folder, 'disk'), join(folder, 'image')];
mkdirSync(disk);
writeFileSync(image, new Uint8Array(2 ** 20));
const made = {
  // Only root may.
  isMounted: succeeds('mount', '-t', 'tmpfs', 'none', disk),
  hasLoop: succeeds('losetup', '--find', image),
};
const user = spawn('sleep', ['1000'], { cwd: disk, stdio: 'ignore' });
killAtEnd(user);
console.log(JSON.stringify({ folder, user: user.pid, ...made }));

const [end] = process.argv.slice(2);
if (end === 'throw') throw new Error('the rig has an error');
if (end === 'exit') process.exit();
if (end === 'wait') setInterval(() => undefined, 1000);
