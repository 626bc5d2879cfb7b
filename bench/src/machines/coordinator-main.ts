// A coordinator of the benches, to kill, and its standby. The arguments are the addresses of a bucket and of a server of
// NATS. It reports each batch, and is bundled beside the benches.
import { BackupAndRestore } from '@keepfit/callbacks';
import { natsEngine } from '@keepfit/engine-nats';
import { fromLayers } from '@keepfit/layers';
import { s3Store } from '@keepfit/store-s3';
import { connect } from '@nats-io/transport-node';
import { signedFetch } from '../../../packages/store-s3/test/helpers/signed-fetch.js';
import { readDigits } from '../subjects/digits.js';
import { createDigitTrainer } from '../subjects/fit-digits.js';
import { createConvnet } from '../subjects/layers-model.js';
import { startBackend } from '../subjects/start-backend.js';
import { RUN } from './run.js';

const [url = '', servers = '', ttl] = process.argv.slice(2);
await startBackend('wasm');
const connection = await connect({ servers, maxReconnectAttempts: -1 });
const { x, y } = readDigits('train', 2560);
const store = s3Store({ url, fetch: signedFetch, ttl: Number(ttl) });
const report = { batchLogs: false, onTrainBatchEnd: () => void process.send?.('batch') } as const;
await createDigitTrainer(fromLayers(createConvnet())).fit(x, y, {
  batchSize: 128,
  epochs: 1000,
  verbose: 2,
  seed: 1,
  shards: 4,
  replay: false,
  engine: natsEngine({ connection, run: RUN }),
  callbacks: [new BackupAndRestore(store, { saveFreq: 10, lockTimeout: Infinity }), report],
});
