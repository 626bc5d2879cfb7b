import {
  AckPolicy,
  DiscardPolicy,
  JetStreamApiCodes,
  type JetStreamManager,
  RetentionPolicy,
  StorageType,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/nats-core';
import type { Subjects } from '../contract/subjects.js';

/**
 * How long the server waits for a worker, in milliseconds, before another one gets its job. It must exceed the time of
 * a block, because a worker cannot speak while it computes. The coordinator gives out late blocks earlier.
 */
const ACK_WAIT = 60_000;

/** Makes the streams of a run, if they are not there. */
export async function createStreams(manager: JetStreamManager, subjects: Subjects): Promise<void> {
  await manager.streams.add({
    name: subjects.boardStream,
    subjects: [`${subjects.board}.>`],
    storage: StorageType.Memory,
    max_msgs_per_subject: 1,
    discard: DiscardPolicy.Old,
    allow_direct: true,
  });
  await manager.streams.add({
    name: subjects.workStream,
    subjects: [subjects.work],
    storage: StorageType.Memory,
    retention: RetentionPolicy.Workqueue,
  });
  await manager.consumers.add(subjects.workStream, {
    durable_name: subjects.consumer,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(ACK_WAIT),
    max_deliver: -1,
  });
}

/** Deletes the streams of a run, with all that is in them. */
export async function deleteStreams(manager: JetStreamManager, subjects: Subjects): Promise<void> {
  for (const stream of [subjects.workStream, subjects.boardStream])
    try {
      await manager.streams.delete(stream);
    } catch (error) {
      if (!isMissingStream(error)) throw error;
    }
}

/** Whether a stream does not exist, as after a restart of the server. Then nobody hears of requests to it. */
export function isMissingStream(error: unknown): boolean {
  const { code, name, cause } = (error ?? {}) as {
    readonly code?: unknown;
    readonly name?: unknown;
    readonly cause?: unknown;
  };
  return (
    code === JetStreamApiCodes.StreamNotFound ||
    code === JetStreamApiCodes.ConsumerNotFound ||
    name === 'NoResponders' ||
    (cause !== undefined && isMissingStream(cause))
  );
}

/** By name, because the connection may be of another copy of the library. */
const PASSING = new Set([
  'TimeoutError',
  'RequestError',
  'ConnectionError',
  'ClosedConnectionError',
  // A worker waits in a queue that a coordinator deletes.
  'JetStreamStatusError',
]);

/** Whether a request may succeed if it is repeated. */
export function isPassing(error: unknown): boolean {
  return (error instanceof Error && PASSING.has(error.name)) || isMissingStream(error);
}
