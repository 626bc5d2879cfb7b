import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A worker or a coordinator of the benches. */
export class BenchProcess {
  readonly #child: ChildProcess;

  /** @param root The folder of this package, with the bundled program. */
  constructor(root: string, program: 'nats-worker-main' | 'coordinator-main', args: readonly string[]) {
    this.#child = fork(join(root, 'dist', `${program}.js`), args, {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
  }

  /** Resolves at its next report. */
  async report(): Promise<void> {
    await this.#orExit(once(this.#child, 'message'));
  }

  /** Resolves at the next line with these words. */
  async says(words: string): Promise<void> {
    const { stdout } = this.#child;
    if (stdout === null) return;
    const said = new Promise<void>((resolve) => {
      createInterface(stdout).on('line', (line) => {
        if (line.includes(words)) resolve();
      });
    });
    await this.#orExit(said);
  }

  async kill(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const exit = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exit;
  }

  async #orExit(awaited: Promise<unknown>): Promise<void> {
    const ended = once(this.#child, 'exit').then(([status, signal]) => {
      throw new Error(`a process of the bench ended with ${String(signal ?? status)}`);
    });
    await Promise.race([awaited, ended]);
    ended.catch(() => undefined);
  }
}
