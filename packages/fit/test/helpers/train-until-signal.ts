import '@tensorflow/tfjs-layers';
import { cpuBackend } from '@keepfit/backend-cpu';
import { untilSignal, useBackend } from '@keepfit/fit';
import { fsStore } from '@keepfit/store-fs';
import { createHash } from 'node:crypto';
import { type Instant, trainUntil } from './signal-instants.js';

/** What the process is told by its first argument, in JSON. */
export interface SignalOrder {
  readonly folder: string;
  readonly signals: readonly string[];
  /** When it waits for the signal; without one, when training is over and nothing listens any more. */
  readonly instant?: Pick<Instant, 'place' | 'call' | 'order'>;
  /** Whether training hangs once the signal has come. */
  readonly hangs?: boolean;
}

/**
 * A process that trains until it gets a signal. It writes a line when the signal is to come (`waiting`), when it
 * has come (`aborted`), when the next one will end it (`deaf`, only if it hangs), and when the training is
 * complete: a checksum of all that it trained.
 */
const { folder, signals, instant, hangs = false } = JSON.parse(process.argv[2] ?? '') as SignalOrder;
await useBackend(cpuBackend());
const { proof } = await untilSignal(signals, (preemption) =>
  trainUntil(instant ?? { place: 'save', call: 0 }, fsStore(folder), preemption, () => wait(preemption)),
);
say(createHash('sha256').update(JSON.stringify(proof.tensors)).digest('hex'));
if (instant === undefined) {
  setInterval(() => undefined, 1e6);
  say('waiting');
}

async function wait(preemption: AbortSignal): Promise<void> {
  // Keeps the process alive while it waits.
  const timer = setInterval(() => {
    if (signals.every((signal) => process.listenerCount(signal) === 0)) say('deaf');
  }, 10);
  const aborted = new Promise((resolve) => preemption.addEventListener('abort', resolve));
  say('waiting');
  await aborted;
  say('aborted');
  if (hangs) await new Promise(() => undefined);
  clearInterval(timer);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
