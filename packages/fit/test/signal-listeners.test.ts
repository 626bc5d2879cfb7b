import { EventEmitter } from 'node:events';
import { beforeEach, expect, test, vi } from 'vitest';
import { fakeTimers } from '../../callbacks/test/fake-timers.js';
import { SignalListeners } from '../src/preemption/signal-listeners.js';

const fake = () => Object.assign(new EventEmitter(), { pid: 7, kill: vi.fn() });
const listening = (process: EventEmitter) =>
  ['SIGTERM', 'SIGINT'].filter((signal) => process.listenerCount(signal) > 0);

const listen = (process: ReturnType<typeof fake>, first: (signal: string) => void = () => undefined) =>
  new SignalListeners(process, ['SIGTERM', 'SIGINT'], first);

beforeEach(() => fakeTimers());

test.each([
  [0, 'SIGINT'],
  [30, 'SIGINT'],
  [200, 'SIGTERM'],
  [999, 'SIGINT'],
])('%d ms later, %s is the same signal', async (ms, signal) => {
  const process = fake();
  const first = vi.fn();
  const listeners = listen(process, first);
  process.emit('SIGINT');
  await vi.advanceTimersByTimeAsync(ms);
  process.emit(signal);
  expect(first.mock.calls).toEqual([['SIGINT']]);
  expect(listening(process)).toEqual(['SIGTERM', 'SIGINT']);
  await listeners.raise();
  expect(process.kill.mock.calls).toEqual([[7, 'SIGINT']]);
  expect(listening(process)).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});

test('after a second nothing listens, so the next signal has its default effect', async () => {
  const process = fake();
  listen(process);
  process.emit('SIGTERM');
  await vi.advanceTimersByTimeAsync(1000);
  await vi.waitUntil(() => listening(process).length === 0);
});

test('a signal that a long step delayed still finds its listener when the second is over', async () => {
  const process = fake();
  listen(process);
  process.emit('SIGTERM');
  vi.advanceTimersByTime(5000);
  expect(listening(process)).toEqual(['SIGTERM', 'SIGINT']);
  await vi.waitUntil(() => listening(process).length === 0);
});

test('once released, listeners stay only for the second after a signal', async () => {
  const [quiet, told] = [fake(), fake()];
  listen(quiet).release();
  expect(listening(quiet)).toEqual([]);
  const listeners = listen(told);
  told.emit('SIGTERM');
  listeners.release();
  expect(listening(told)).toEqual(['SIGTERM', 'SIGINT']);
  vi.advanceTimersByTime(1000);
  await vi.waitUntil(() => listening(told).length === 0);
});
