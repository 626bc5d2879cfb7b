import type { Report } from '../messages.js';

/** Milliseconds between two times that the page is told how far the training is: nobody reads faster, and drawing takes the page its time. */
const EVERY = 200;

/** Of these only the latest counts. */
const isProgress = ({ kind }: Report) =>
  ['epoch', 'batch', 'curve', 'history', 'samples', 'saved'].includes(kind);

/** Passes reports on in their order, but progress only now and then: the latest of each kind, and before anything else is told. */
export function pacedReports(report: (report: Report) => void): (report: Report) => void {
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
      // Behind what came since the last of its kind, for an epoch's begin resets the batch.
      waiting.delete(message.kind);
      waiting.set(message.kind, message);
      timer ??= setTimeout(flush, EVERY);
    } else {
      flush();
      report(message);
    }
  };
}
