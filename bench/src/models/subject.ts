import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Keras on one of its backends, in Python. */
export type KerasTrainer = 'keras-jax' | 'keras-tensorflow';

/** Keepfit's backends, the same without replayed steps, tfjs' own backends, and Keras. */
export type Trainer =
  | KerasTrainer
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

/** The Python that trains with Keras. */
export const python = process.env['KEEPFIT_PYTHON'] ?? 'python3';

/** One model that trains on one backend, in a separate process that works only on request. */
export class Subject {
  readonly #process: ChildProcess;
  readonly #send: (question: Question) => void;
  readonly #receive: () => Promise<Answer>;
  readonly #ended: Promise<never>;

  private constructor(
    child: ChildProcess,
    send: (question: Question) => void,
    receive: () => Promise<Answer>,
  ) {
    this.#process = child;
    this.#send = send;
    this.#receive = receive;
    this.#ended = once(child, 'exit').then(([code, signal]) => {
      throw new Error(`the process ${child.spawnargs.slice(1).join(' ')} ended with ${code ?? signal}`);
    });
    this.#ended.catch(() => undefined);
  }

  /** @param root The folder of this package, where subject-main.ts is bundled. */
  static async start(root: string, trainer: Trainer, model: string): Promise<Subject> {
    const subject = isKeras(trainer)
      ? Subject.#startPython(root, trainer, model)
      : Subject.#startNode(root, trainer, model);
    await Promise.race([subject.#receive(), subject.#ended]);
    return subject;
  }

  static #startNode(root: string, trainer: Trainer, model: string): Subject {
    const child = fork(join(root, 'dist/subject-main.js'), [trainer, model], { silent: true });
    return new Subject(
      child,
      (question) => child.send(question),
      async () => ((await once(child, 'message')) as [Answer])[0],
    );
  }

  /** Questions and answers are lines of JSON. */
  static #startPython(root: string, trainer: KerasTrainer, model: string): Subject {
    const env = { ...process.env, KERAS_BACKEND: trainer.slice('keras-'.length) };
    const program = join(root, 'keras/train_on_request.py');
    const child = spawn(python, [program, model], { env, stdio: ['pipe', 'pipe', 'ignore'] });
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    return new Subject(
      child,
      (question) => child.stdin.write(`${JSON.stringify(question)}\n`),
      async () => JSON.parse((await lines.next()).value ?? '{}') as Answer,
    );
  }

  async ask(ask: Question['ask'], steps = 0): Promise<Answer> {
    const answer = this.#receive();
    this.#send({ ask, steps });
    return Promise.race([answer, this.#ended]);
  }

  async stop(): Promise<void> {
    const gone = once(this.#process, 'exit');
    this.#process.kill();
    await gone;
  }
}

function isKeras(trainer: Trainer): trainer is KerasTrainer {
  return trainer.startsWith('keras-');
}
