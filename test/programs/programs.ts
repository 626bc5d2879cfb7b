/** The programs that tests start as separate processes, by their paths in the workspace. */
export const programs = [
  'examples/schedulers/src/train.ts',
  'packages/engine-nats/test/helpers/kit-worker.ts',
  'packages/engine-threads/src/worker.ts',
  'packages/engine-threads/test/helpers/kit-worker.ts',
  'packages/keepfit/src/main.ts',
  'packages/fit/test/helpers/train-until-signal.ts',
  'packages/fit/test/helpers/signal-in-a-step.ts',
  'packages/fit/test/helpers/train-with-output.ts',
  'packages/layers/test/equivalence/train-in-process.ts',
  'packages/layers/test/helpers/best-model-process.ts',
  'packages/layers/test/helpers/train-process.ts',
  'packages/optimizers/test/helpers/continue-model.ts',
  'packages/store-fs/test/helpers/hold-lock-blocked.ts',
  'packages/store-fs/test/helpers/hold-lock-in-thread.ts',
  'packages/store-fs/test/helpers/race-for-lock.ts',
  'packages/store-fs/test/helpers/set-for-ever.ts',
  'packages/store-s3/test/helpers/set-for-ever.ts',
  'packages/store-s3/test/helpers/stopped-trainer.ts',
  'scripts/proof/large-checkpoint/main.ts',
  'scripts/proof/power-cut/clean-up-example.ts',
  'scripts/proof/power-cut/main.ts',
  'scripts/proof/reference-reader/main.ts',
  'scripts/proof/soak/main.ts',
  'scripts/proof/soak/train.ts',
] as const;

export type Program = (typeof programs)[number];
