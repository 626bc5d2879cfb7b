// One training on several machines, all of them this one: a server of NATS, two worker processes, and a page if there is
// a Chromium. Some are killed, and the result is that of one thread.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { wasmBackend } from '@keepfit/backend-wasm';
import { natsEngine } from '@keepfit/engine-nats';
import { connect } from '@nats-io/transport-node';
import { type CallbackHooks, fit, type FitOptions, seeded, useBackend } from 'keepfit';
import {
  type NatsServer,
  natsServerPath,
  startNatsServer,
} from '../../../packages/engine-nats/test/helpers/nats-server.js';
import { serveWorkerPage } from '../../../packages/engine-nats/test/helpers/serve-worker-page.js';
import { chromiumPath } from '../../../test/browser/chromium.js';
import { startChromium } from '../../../test/browser/killable-chromium.js';
import { buildModel } from '../../digits/src/build-model.js';
import { type DigitSets, findMnist, readDigits } from '../../digits/src/digits.js';
import { type Proof, proveResult } from '../../digits/src/proof.js';
import { WorkerProcess } from './worker-process.js';

const RUN = 'machines';
const EPOCHS = 4;
const kinds = ['weights', 'optimizer', 'history'] as const;

async function train(digits: DigitSets, options: FitOptions): Promise<Proof> {
  const { training, test, side, classes } = digits;
  const model = seeded(1, () => buildModel(side, classes));
  let proof: Proof | undefined;
  await fit(model, training.x, training.y, {
    ...options,
    epochs: EPOCHS,
    batchSize: 128,
    shards: 4,
    seed: 1,
    verbose: 2,
    validationData: [test.x, test.y],
    callbacks: [
      ...((options.callbacks ?? []) as CallbackHooks[]),
      proveResult((result) => {
        proof = result;
      }),
    ],
  });
  if (proof === undefined) throw new Error('the training has no result');
  return proof;
}

/** Trains with workers, of which some are killed: one in the second epoch, the page and the server in the third. */
async function trainOnMachines(digits: DigitSets, server: NatsServer, folder: string): Promise<Proof> {
  const workers = ['worker-1', 'worker-2'].map((name) => new WorkerProcess(name, server.url, RUN));
  const site = await serveWorkerPage(join(folder, 'site'));
  const browser = chromiumPath === undefined ? undefined : await startChromium(join(folder, 'profile'));
  const connection = await connect({ servers: server.url, maxReconnectAttempts: -1, reconnectTimeWait: 100 });
  const engine = natsEngine({ connection, run: RUN, verify: 0.05 });
  try {
    let epoch = -1;
    const page = await browser?.context.newPage();
    await page?.goto(site.getAddress(RUN, server.websocketUrl));
    const trouble: CallbackHooks = {
      batchLogs: false,
      async onTrainBatchEnd(batch) {
        if (batch !== 5) return;
        epoch += 1;
        if (epoch === 1) {
          console.log('   kill -9: worker-1, in epoch 2');
          await workers[0]?.kill();
        }
        if (epoch === 2) {
          console.log('   the page is closed, and the server is killed and started again, in epoch 3');
          await page?.close();
          await server.restart();
        }
      },
      onEpochEnd() {
        for (const { id, computed } of engine.workers) console.log(`   ${id}  ${computed} shards`);
      },
    };
    return await train(digits, { engine, callbacks: [trouble] });
  } finally {
    await connection.close();
    await browser?.kill();
    await site.close();
    await Promise.all(workers.map((worker) => worker.kill()));
  }
}

async function main(args: readonly string[]): Promise<boolean> {
  if (args.length > 0) {
    console.log('Trains on several machines, all of them this one, and kills some: npm run example:machines');
    return args.every((arg) => arg === '--help' || arg === '-h');
  }
  if (natsServerPath === undefined)
    throw new Error('this example needs a nats-server: apt-get install nats-server');
  if (chromiumPath === undefined) console.log('There is no Chromium, so no page takes part.');
  await useBackend(wasmBackend());
  const digits = await readDigits(findMnist(), 2000);
  const folder = await mkdtemp(join(tmpdir(), 'keepfit-machines-'));
  const server = await startNatsServer();
  try {
    console.log('1. A training on handwritten digits, whose shards two processes and a page compute.');
    const shared = await trainOnMachines(digits, server, folder);
    console.log('\n2. The same training in one thread.');
    const alone = await train(digits, {});
    console.log('\n3. The proof. SHA-256 of all bytes, on the machines and in one thread:');
    for (const kind of kinds) {
      const sign = shared[kind] === alone[kind] ? 'equal' : 'DIFFERENT';
      console.log(`   ${kind.padEnd(9)}  ${shared[kind]}\n              ${alone[kind]}  ${sign}`);
    }
    const isSame = kinds.every((kind) => shared[kind] === alone[kind]);
    console.log(isSame ? '\nIdentical, bit for bit.' : '\nNOT identical.');
    return isSame;
  } finally {
    await server.stop();
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
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
