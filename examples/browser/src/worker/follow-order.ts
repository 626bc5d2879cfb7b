import { isKeepfitError } from 'keepfit';
import type { Order, Report } from '../messages.js';
import { readCheckpointFile, findBackup, forgetBackup, takeCheckpointFile } from './backups.js';
import { openStore } from './open-store.js';
import { paceReports } from './pace-reports.js';
import { TrainingRun } from './training-run.js';

const report = paceReports((message: Report) => postMessage(message));
let run: TrainingRun | undefined;

/** Follows an order of the page: one at a time, except orders that steer the running training. */
export function followOrder(order: Order): void {
  follow(order).catch((error: unknown) => report(toFailure(order.kind, error)));
}

async function follow(order: Order): Promise<void> {
  switch (order.kind) {
    case 'pause':
      return run?.pause();
    case 'stop':
      return run?.stop();
    case 'hidden':
      return run?.backUpSoon();
    case 'look':
      return report({ kind: 'found', backup: await findBackup(order.stores) });
    case 'forget':
      await forgetBackup(openStore(order.store));
      return report({ kind: 'found', backup: undefined });
    case 'download':
      return report({ kind: 'file', file: await readCheckpointFile(openStore(order.store)) });
    case 'upload':
      return report({ kind: 'found', backup: await takeCheckpointFile(order.store, order.file) });
    case 'train':
      run = new TrainingRun(report);
      try {
        await run.train(order);
      } finally {
        run = undefined;
      }
  }
}

function toFailure(order: Order['kind'], error: unknown): Report {
  const message = error instanceof Error ? error.message : String(error);
  return { kind: 'error', order, code: isKeepfitError(error) ? error.code : '', message };
}
