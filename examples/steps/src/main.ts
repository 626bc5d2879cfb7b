// Trains one of the examples, and continues it when it is run again after a kill.
import { cpuBackend } from '@keepfit/backend-cpu';
import { fsStore } from '@keepfit/store-fs';
import { BackupAndRestore, useBackend } from 'keepfit';
import { createContrastive } from './contrastive.js';
import { createDistillation } from './distillation.js';
import type { Example } from './example.js';
import { createGan } from './gan.js';
import { createVae } from './vae.js';

const EXAMPLES: Readonly<Record<string, (seed: number) => Example>> = {
  gan: createGan,
  vae: createVae,
  distillation: createDistillation,
  contrastive: createContrastive,
};

async function main(name: string | undefined): Promise<void> {
  const create = EXAMPLES[name ?? ''];
  if (create === undefined)
    throw new Error(`name one of ${Object.keys(EXAMPLES).join(', ')}: npm run example:steps -- gan`);
  await useBackend(cpuBackend());
  const backup = new BackupAndRestore(fsStore(`runs/steps/${name}`), { saveFreq: 10 });
  await create(1).train({ epochs: 200, callbacks: [backup] });
}

main(process.argv[2]).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
});
