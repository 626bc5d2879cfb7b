import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { addGoal } from './bars.js';
import { benches } from './benches.js';

/** The process of one bench. It sends its lines to the parent process. */
const [name = '', parent = '', quick] = process.argv.slice(2);
const bench = await benches[name]?.();
const folder = mkdtempSync(join(parent, 'keepfit-bench-'));
try {
  await bench?.({
    quick: quick === 'quick',
    root: fileURLToPath(new URL('..', import.meta.url)),
    folder,
    row: (measured) => {
      const row = addGoal(name, measured);
      return process.send?.({ row }) ?? console.log(row);
    },
    plot: (plot) => process.send?.({ plot }),
  });
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.disconnect?.();
