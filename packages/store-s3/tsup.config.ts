import { defineConfig } from 'tsup';
import base, { declarationsOf } from '../../tsup.base.ts';

/** One entry per door of the package. */
const doors = { index: 'src/index.ts', thread: 'src/thread.ts' };

export default defineConfig({
  ...base,
  // Beside the doors, a file that is loaded only if a thread renews the lease.
  entry: { ...doors, 'keep-in-thread': 'src/renewal/keep-in-thread.ts' },
  dts: { entry: declarationsOf(doors) },
  splitting: true,
  // Otherwise a door imports each chunk that it does not use for its side effects, and bundlers warn.
  treeshake: { moduleSideEffects: 'no-external' },
});
