import type { WorkerStatus } from '@keepfit/engine-threads';
import { getElement } from './elements.js';

/** Lists the workers and their work so far; hides the list if there are none. */
export function showWorkers(workers: readonly WorkerStatus[]): void {
  const list = getElement('workers', HTMLUListElement);
  list.hidden = workers.length === 0;
  list.replaceChildren(
    ...workers.map((worker) => {
      const item = document.createElement('li');
      item.textContent = describe(worker);
      return item;
    }),
  );
}

function describe({ id, state, computed, milliseconds }: WorkerStatus): string {
  const pace = milliseconds === undefined ? '' : `, ${milliseconds.toFixed(1)} ms each`;
  return `Worker ${id}: ${state}, ${computed} shards${pace}`;
}
