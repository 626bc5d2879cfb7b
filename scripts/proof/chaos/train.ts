import { wasmBackend } from '../../../packages/backend-wasm/src/index.ts';
import { natsEngine } from '../../../packages/engine-nats/src/index.ts';
import { useBackend } from '../../../packages/fit/src/index.ts';
import { trainModel } from '../soak/train-model.js';
import { connectPatiently } from './connect-patiently.js';

/**
 * A coordinator to kill. Its arguments are the address of a bucket, the prefix of the names there, the epochs, and the
 * address of a server of NATS, whose workers compute the shards. Without a server it computes them alone.
 */
const [place = '', prefix = '', epochs = '1', servers] = process.argv.slice(2);
const run = { place, prefix, epochs: Number(epochs) };
await useBackend(wasmBackend());
if (servers === undefined) await trainModel(run, { shards: 4 });
else {
  const connection = await connectPatiently(servers);
  await trainModel(run, { shards: 4, engine: natsEngine({ connection, run: 'chaos' }) });
  await connection.close();
}
