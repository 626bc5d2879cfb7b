import { fileURLToPath } from 'node:url';
import { defineConfig } from 'tsup';
import { gradientsModule, locateGradients, tfjsGradients } from '../../scripts/build/tfjs-gradients.ts';
import base, { declarationsOf } from '../../tsup.base.ts';

const gradients = locateGradients(fileURLToPath(new URL('package.json', import.meta.url)));

/** One entry per door of the package. */
const doors = {
  index: 'src/index.ts',
  core: 'src/core.ts',
  losses: 'src/losses/index.ts',
  metrics: 'src/metrics/index.ts',
  engine: 'src/engine.ts',
  testing: 'src/testing/index.ts',
  internal: 'src/internal.ts',
};

/**
 * The doors, and the files that are loaded on demand: keepfit's gradients when a training begins, tfjs' gradient
 * table if nothing has registered it by then, and what watches the kernels of a stock backend, continues a
 * training from a checkpoint, loads and saves weights, checks their shapes, evaluates in a hook, computes a step of the
 * user's own, records steps, cuts batches into shards, or reads an optimizer whose class tfjs does not bring.
 */
export default defineConfig({
  ...base,
  entry: {
    ...doors,
    'check-weight-shapes': 'src/loop/check-weight-shapes.ts',
    gradients: 'src/backend/gradients/install-gradients.ts',
    'own-optimizer': 'src/optimizer/own-optimizer.ts',
    'own-step': 'src/steps/own-step.ts',
    'phased-step': 'src/steps/phased-step.ts',
    resume: 'src/loop/resume.ts',
    'shared-run': 'src/sharded/shared-run.ts',
    'step-recorder': 'src/recorded/step-recorder.ts',
    'stored-weights': 'src/state/stored-weights.ts',
    'stock-kernels': 'src/backend/stock/watch-kernels.ts',
    'tfjs-gradients': gradients,
    'view-inference': 'src/loop/view-inference.ts',
  },
  dts: { entry: declarationsOf(doors) },
  // The doors share code, in CommonJS too: `instanceof Trainer` and the module's own state must hold across
  // them.
  splitting: true,
  // Otherwise a door imports each chunk that it does not use for its side effects, and bundlers warn.
  treeshake: { moduleSideEffects: 'no-external' },
  // Otherwise tsup leaves the import as it is because tfjs-core is a peer.
  noExternal: [gradientsModule],
  esbuildPlugins: [tfjsGradients(gradients, 'tfjs-gradients')],
});
