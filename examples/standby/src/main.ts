// Two processes and one bucket: the first trains, the second stands by. The first is killed, the second continues, and
// the result is that of one run in one piece.
import { type ChildProcess, fork } from 'node:child_process';
import { createInterface } from 'node:readline';
import { startS3Server } from '../../../packages/store-s3/test/helpers/s3-server.js';
import type { Proof } from '../../digits/src/proof.js';
import type { Order, Report } from './messages.js';

const help = `Trains with a hot standby: npm run example:standby [-- --bucket ADDRESS]

  --bucket ADDRESS  an empty bucket of a server, such as http://127.0.0.1:9000/runs, with the credentials
                    AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; by default, one in the memory of this process`;

/** The first process is killed after so many batches, and when the second one waits. */
const BATCHES = 100;

const kinds = ['weights', 'optimizer', 'history'] as const;

/** A training process, whose lines are shown with its name. */
class Training {
  readonly #child: ChildProcess;
  readonly #ended: Promise<Proof | undefined>;
  batches = 0;
  #onBatch: () => void = () => {};
  /** Resolves when it says that it waits for the lock. */
  readonly waits: Promise<void>;

  constructor(name: string, order: Order) {
    this.#child = fork(new URL('./train.ts', import.meta.url), {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    });
    this.waits = new Promise((resolve) => {
      if (this.#child.stdout === null) return;
      createInterface(this.#child.stdout).on('line', (line) => {
        console.log(`   ${name}  ${line}`);
        if (line.startsWith('Waiting for the lock')) resolve();
      });
    });
    let proof: Proof | undefined;
    this.#child.on('message', (report: Report) => {
      if (report.kind === 'done') proof = report.proof;
      else {
        this.batches += 1;
        this.#onBatch();
      }
    });
    this.#ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('exit', (code, signal) => {
        if (code === 0 || signal === 'SIGKILL') resolve(proof);
        else reject(new Error(`the training process ${name} ended with ${signal ?? `status ${code}`}`));
      });
    });
    this.#child.send(order);
  }

  /** Resolves after so many batches. */
  async reach(batches: number): Promise<void> {
    const reached = new Promise<void>((resolve) => {
      this.#onBatch = () => this.batches >= batches && resolve();
    });
    await Promise.race([reached, this.#ended]);
  }

  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  /** Resolves to the proof of a training that has completed. */
  async complete(): Promise<Proof> {
    const proof = await this.#ended;
    if (proof === undefined) throw new Error('the training process was killed from outside; run this again');
    return proof;
  }
}

async function main(args: readonly string[]): Promise<boolean> {
  const [option, address] = args;
  if (option === '--help' || option === '-h') {
    console.log(help);
    return true;
  }
  if (option !== undefined && (option !== '--bucket' || address === undefined || args.length > 2))
    throw new Error(`unknown arguments: ${args.join(' ')}\n\n${help}`);
  const server = address === undefined ? await startS3Server() : undefined;
  try {
    return await show(address ?? server?.url ?? '');
  } finally {
    await server?.close();
  }
}

async function show(bucket: string): Promise<boolean> {
  console.log(
    '1. A trains on handwritten digits, with backups in a bucket. B is the same program, and waits.',
  );
  const a = new Training('A', { bucket });
  await a.reach(1);
  const b = new Training('B', { bucket });
  await Promise.all([a.reach(BATCHES), Promise.race([b.waits, a.complete()])]);
  await a.kill();
  console.log(`\n2. kill -9: A, after ${a.batches} batches. B takes over when the lease of A has run out.`);
  const taken = await b.complete();
  console.log('\n3. The same training in one piece, without backups.');
  const whole = await new Training('C', { bucket: undefined }).complete();
  console.log(
    '\n4. The proof. SHA-256 of all bytes, of the training that B took over, and of that in one piece:',
  );
  for (const kind of kinds) {
    const sign = taken[kind] === whole[kind] ? 'equal' : 'DIFFERENT';
    console.log(
      `   ${kind.padEnd(9)}  A and B  ${taken[kind]}\n              C        ${whole[kind]}  ${sign}`,
    );
  }
  const isSame = kinds.every((kind) => taken[kind] === whole[kind]);
  console.log(isSame ? '\nIdentical, bit for bit.' : '\nNOT identical.');
  return isSame;
}

main(process.argv.slice(2)).then(
  (isGood) => {
    process.exitCode = isGood ? 0 : 1;
  },
  (error: unknown) => {
    console.error(`\n${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 2;
  },
);
