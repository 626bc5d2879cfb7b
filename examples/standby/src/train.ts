// One of two training processes that share a bucket: it trains if it gets the lock, and otherwise stands by.
import { wasmBackend } from '@keepfit/backend-wasm';
import { s3Store } from '@keepfit/store-s3';
import { AwsClient } from 'aws4fetch';
import { BackupAndRestore, type CallbackHooks, fit, seeded, useBackend } from 'keepfit';
import { buildModel } from '../../digits/src/build-model.js';
import { findMnist, readDigits } from '../../digits/src/digits.js';
import { proveResult } from '../../digits/src/proof.js';
import type { Order, Report } from './messages.js';

const { AWS_ACCESS_KEY_ID = 'id', AWS_SECRET_ACCESS_KEY = 'secret', AWS_REGION = 'us-east-1' } = process.env;
/** In ms. Short, so that nobody who looks on must wait; 30 s is the default. */
const TTL = 3000;

process.once('message', (order: Order) => {
  train(order)
    .catch((error: unknown) => {
      console.error(error instanceof Error ? error.message : String(error));
      process.exitCode = 1;
    })
    .finally(() => process.disconnect());
});

async function train({ bucket }: Order): Promise<void> {
  await useBackend(wasmBackend());
  const { training, test, side, classes } = await readDigits(findMnist(), 2000);
  const model = seeded(1, () => buildModel(side, classes));
  const backup = bucket === undefined ? [] : [createBackup(bucket)];
  await fit(model, training.x, training.y, {
    epochs: 6,
    batchSize: 32,
    seed: 1,
    verbose: 2,
    validationData: [test.x, test.y],
    callbacks: [...backup, tellProgress, proveResult((proof) => report({ kind: 'done', proof }))],
  });
}

function createBackup(url: string): BackupAndRestore {
  const client = new AwsClient({
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    region: AWS_REGION,
    service: 's3',
    retries: 0,
  });
  const fetch = (address: string, init?: RequestInit): Promise<Response> => client.fetch(address, init);
  const store = s3Store({ url, prefix: 'standby/', fetch, ttl: TTL });
  return new BackupAndRestore(store, { saveFreq: 10, lockTimeout: Infinity });
}

const tellProgress: CallbackHooks = { batchLogs: false, onTrainBatchEnd: () => report({ kind: 'batch' }) };

function report(message: Report): void {
  process.send?.(message);
}
