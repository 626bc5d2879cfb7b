import { KeepfitError, type StateRecord } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';
import { type Model, type PhasedTrainerOptions, type TrainerOptions, useBackend } from '@keepfit/fit';
import { rebuildOptions, ShardRunner, type TrainingSource } from '@keepfit/fit/engine';
import { currentKernels } from '@keepfit/fit/internal';
import type { WorkerTraining } from '../contract/messages.js';

/** A training as a worker needs it: a model, and the options of `Trainer`. The optimizer may be left out. */
export type WorkerSetup = { readonly model: Model } & (
  | Omit<TrainerOptions, 'optimizer'>
  | PhasedTrainerOptions
);

/**
 * Makes the training in a worker.
 *
 * @param description That of the training: what its model, losses and metrics must be, `trainable` flags too.
 */
export type CreateTraining = (description: StateRecord) => WorkerSetup | Promise<WorkerSetup>;

/** A runner, and how to free the memory of its model. */
export interface HeldRunner {
  readonly runner: ShardRunner;
  dispose(): void;
}

/**
 * Makes what computes the shards of a training.
 *
 * @param create Undefined if the model is made from its source.
 * @throws KEEPFIT_INVALID_OPTION when the training cannot be made here, or would not have the same bits.
 */
export async function createRunner(
  { replay, description, source, module }: WorkerTraining,
  create: CreateTraining | undefined,
): Promise<HeldRunner> {
  // Before the backend starts, because tfjs-layers brings the gradients.
  const make = create ?? (module === undefined ? await loadRebuild(source) : await importModule(module));
  if (!isSame(currentKernels(), description)) await startBackend(source.backend);
  const { model, ...options } = await make(description);
  const runner = await ShardRunner.create(model, options, replay);
  runner.checkDescription(description);
  return {
    runner,
    dispose() {
      runner.dispose();
      for (const { variable } of model.weights) variable.dispose();
    },
  };
}

/** Whether the backend that runs is that of the training already. */
function isSame({ backend, kernels }: ReturnType<typeof currentKernels>, description: StateRecord): boolean {
  return backend === description['backend'] && kernels === description['kernels'];
}

/** Starts the backend of the training. A module may start another one. */
async function startBackend(backend: TrainingSource['backend']): Promise<void> {
  switch (backend?.name) {
    case 'wasm': {
      const { wasmBackend } = await import('@keepfit/backend-wasm');
      await useBackend(wasmBackend(backend.options as Parameters<typeof wasmBackend>[0]));
      return;
    }
    case 'cpu': {
      const { cpuBackend } = await import('@keepfit/backend-cpu');
      await useBackend(cpuBackend());
    }
  }
}

async function importModule(address: string): Promise<CreateTraining> {
  // The module is the user's.
  // oxlint-disable-next-line keepfit/import-arrows, keepfit/room-arrows
  const loaded: unknown = await import(/* @vite-ignore */ /* webpackIgnore: true */ address);
  const { default: create } = loaded as { readonly default?: unknown };
  if (typeof create === 'function') return create as CreateTraining;
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `the module ${address} must export a function by default, which makes the training, not ${formatValue(create)}`,
  );
}

/** Makes models of tfjs-layers from their topology, and keepfit's losses and metrics from their descriptions. */
async function loadRebuild({ model, backend }: TrainingSource): Promise<CreateTraining> {
  if (backend?.name !== 'wasm' && backend?.name !== 'cpu')
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      backend === undefined
        ? 'workers do not know which backend computes; call useBackend(wasmBackend()) or useBackend(cpuBackend()) before fit'
        : `workers start the backends wasm and cpu by themselves, and the training runs on ${backend.name}; give them a module that starts it`,
    );
  const topology = typeof model === 'string' ? undefined : model['layers'];
  if (topology === undefined)
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `workers cannot make the model by themselves: ${typeof model === 'string' ? model : 'it is not one of tfjs-layers'}. Give them a module that makes the training, ` +
        "such as threads({ module: new URL('./model.js', import.meta.url) })",
    );
  const [{ fromLayers }, { models }] = await Promise.all([
    import('@keepfit/layers'),
    import('@tensorflow/tfjs-layers'),
  ]);
  return async ({ step }) => {
    const options = rebuildOptions(step);
    const made = await models.modelFromJSON(topology as Parameters<typeof models.modelFromJSON>[0]);
    return { model: fromLayers(made), ...options };
  };
}
