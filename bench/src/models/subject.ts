import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

/** Keepfit's backends, the same without replayed steps, and tfjs' own backends. */
export type Trainer =
  | 'cpu'
  | 'wasm'
  | 'cpu-normal'
  | 'wasm-normal'
  | 'node-normal'
  | 'stock-cpu'
  | 'stock-wasm';

export interface Question {
  readonly ask: 'train' | 'kernels' | 'ceiling';
  readonly steps: number;
}

export interface Answer {
  /** CPU time of a step, in milliseconds. */
  readonly ms?: number;
  /** CPU time of each kernel in a step, in milliseconds, longest first. */
  readonly kernels?: readonly (readonly [kernel: string, ms: number])[];
  /** GFLOP/s of a packed matrix product. */
  readonly rate?: number;
  /** The reason of a failure. */
  readonly failure?: string;
}

/** One model that trains on one backend, in a separate process that works only on request. */
export class Subject {
  readonly #process: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#process = child;
  }

  /** @param program The bundled subject-main.ts. */
  static async start(program: string, trainer: Trainer, model: string): Promise<Subject> {
    const child = fork(program, [trainer, model], { silent: true });
    const ended = once(child, 'exit').then(() => {
      throw new Error(`the process of ${trainer} ended with ${child.exitCode}`);
    });
    await Promise.race([once(child, 'message'), ended]);
    ended.catch(() => undefined);
    return new Subject(child);
  }

  async ask(ask: Question['ask'], steps = 0): Promise<Answer> {
    const answer = once(this.#process, 'message');
    this.#process.send({ ask, steps } satisfies Question);
    const [found] = (await answer) as [Answer];
    return found;
  }

  async stop(): Promise<void> {
    const gone = once(this.#process, 'exit');
    this.#process.kill();
    await gone;
  }
}
