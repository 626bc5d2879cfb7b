import type { Report } from '../messages.js';

/** Milliseconds between two progress reports: nobody reads faster, and drawing takes time. */
const EVERY = 200;

/** Reports of which only the latest counts. */
const isProgress = ({ kind }: Report) =>
  ['epoch', 'batch', 'curve', 'history', 'samples', 'workers', 'figures', 'saved'].includes(kind);

/**
 * Passes reports on in order, but progress only now and then: the latest of each kind, before any other
 * report.
 */
export function paceReports(report: (report: Report) => void): (report: Report) => void {
  const waiting = new Map<Report['kind'], Report>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    for (const message of waiting.values()) report(message);
    waiting.clear();
  }

  return (message) => {
    if (isProgress(message)) {
      // Queued behind all newer reports, because the begin of an epoch resets the batch.
      waiting.delete(message.kind);
      waiting.set(message.kind, message);
      timer ??= setTimeout(flush, EVERY);
    } else {
      flush();
      report(message);
    }
  };
}
