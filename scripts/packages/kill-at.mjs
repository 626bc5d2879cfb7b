import { spawn } from 'node:child_process';

/** Runs a program and kills it by SIGKILL as soon as it has printed these words; rejects if it ends before. */
export function killAt(words, command, args, cwd) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let printed = '';
    const read = (chunk) => {
      printed += chunk;
      if (printed.includes(words)) child.kill('SIGKILL');
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (signal === 'SIGKILL') resolve();
      else reject(new Error(`it ended with ${code}, and was to be killed at "${words}":\n${printed}`));
    });
  });
}
