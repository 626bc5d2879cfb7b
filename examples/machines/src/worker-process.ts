import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createInterface } from 'node:readline';

const COMMAND = fileURLToPath(new URL('../../../packages/keepfit/src/main.ts', import.meta.url));

/** A process of `npx keepfit worker`. */
export class WorkerProcess {
  readonly #child: ChildProcess;
  readonly #exit: Promise<unknown>;

  constructor(name: string, server: string, run: string) {
    const args = ['--import', 'tsx', '--conditions=keepfit:source', COMMAND];
    this.#child = spawn(process.execPath, [...args, 'worker', server, '--run', run, '--name', name], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#exit = once(this.#child, 'exit');
    if (this.#child.stdout !== null)
      createInterface(this.#child.stdout).on('line', (line) => console.log(`   ${name}  ${line}`));
  }

  /** By SIGKILL. Resolves when it is gone. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#exit;
  }
}
