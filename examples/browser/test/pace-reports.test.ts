import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Report } from '../src/messages.js';
import { paceReports } from '../src/worker/pace-reports.js';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function reporting(): { told: Report[]; report: (report: Report) => void } {
  const told: Report[] = [];
  return { told, report: paceReports((message) => told.push(message)) };
}

test('of progress only the latest of each kind is told, in the order in which it came', () => {
  const { told, report } = reporting();
  report({ kind: 'epoch', epoch: 3 });
  for (const batch of [0, 1, 2]) report({ kind: 'batch', batch });
  expect(told).toEqual([]);
  vi.runOnlyPendingTimers();
  expect(told).toEqual([
    { kind: 'epoch', epoch: 3 },
    { kind: 'batch', batch: 2 },
  ]);

  report({ kind: 'batch', batch: 3 });
  report({ kind: 'epoch', epoch: 4 });
  vi.runOnlyPendingTimers();
  expect(told.slice(2)).toEqual([
    { kind: 'batch', batch: 3 },
    { kind: 'epoch', epoch: 4 },
  ]);
});

test('anything else is told at once, after the progress so far', () => {
  const { told, report } = reporting();
  report({ kind: 'batch', batch: 7 });
  report({ kind: 'paused', backup: undefined });
  expect(told).toEqual([{ kind: 'batch', batch: 7 }, { kind: 'paused' }]);
  expect(vi.getTimerCount()).toBe(0);
});
