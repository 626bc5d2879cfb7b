import type { StateRecord } from '@keepfit/callbacks';
import { type HostTensor, ShardRunner, type ShardSum, type ShardTask } from '@keepfit/fit/engine';
import { createEngineTraining, type EngineTraining } from '@keepfit/fit/testing';
import * as tf from '@tensorflow/tfjs-core';
import { deserialize, serialize } from 'node:v8';
import { crc32 } from 'node:zlib';

/** What a worker is asked for. */
export interface Order {
  readonly run: number;
  readonly step: number;
  readonly at: number;
  readonly task: ShardTask;
  /** Undefined if it has them. */
  readonly weights: readonly HostTensor[] | undefined;
}

/** What a worker gives: a sum, or the text of an error. */
export interface Answer {
  readonly run: number;
  readonly step: number;
  readonly at: number;
  readonly sum?: ShardSum;
  readonly error?: string;
}

/** How many turns of the event loop workers wait, so that answers come in changing order. */
const TURNS = [0, 4, 0, 3, 1];

const alive = new Set<Replica>();

/** A worker on this thread: a model, and what computes shards with it. */
export class Replica {
  readonly name: number;
  /** The weights that it was given last. */
  weights: readonly HostTensor[] | undefined;
  /** What it computes. */
  order: Order | undefined;
  readonly #post: (answer: Uint8Array) => void;
  #training: EngineTraining | undefined;
  #runner: ShardRunner | undefined;

  constructor(name: number, post: (answer: Uint8Array) => void) {
    this.name = name;
    this.#post = post;
    alive.add(this);
  }

  static listAlive(): string[] {
    return [...alive].map(({ name }) => `replica ${name}`);
  }

  static stopAll(): void {
    for (const replica of alive) replica.stop();
  }

  get isReady(): boolean {
    return this.#runner !== undefined;
  }

  get isBusy(): boolean {
    return this.order !== undefined;
  }

  /** Makes the model, and gives its description. */
  async start(description: StateRecord): Promise<StateRecord> {
    const { model, ...options } = (this.#training = createEngineTraining(description));
    const runner = await ShardRunner.create(model, options);
    if (alive.has(this)) this.#runner = runner;
    return runner.description;
  }

  compute(order: Order): void {
    this.order = order;
    void this.#answer(order);
  }

  /** It computes no more if this answers its order. */
  finish({ run, step, at }: Answer): void {
    const { order } = this;
    if (order?.run === run && order.step === step && order.at === at) this.order = undefined;
  }

  stop(): void {
    this.leave();
    tf.dispose(this.#training?.model.weights.map(({ variable }) => variable) ?? []);
  }

  /** Ends without a word, and without freeing its tensors. */
  leave(): void {
    alive.delete(this);
    this.#runner = undefined;
  }

  async #answer({ run, step, at, task, weights }: Order): Promise<void> {
    const place = { run, step, at };
    for (let turn = TURNS[(step + at) % TURNS.length] ?? 0; turn > 0; turn--)
      await new Promise((resolve) => setImmediate(resolve));
    try {
      if (weights !== undefined) this.#runner?.setWeights(weights);
      const sum = await this.#runner?.compute(task);
      if (sum !== undefined && alive.has(this)) this.#post(encodeAnswer({ ...place, sum }));
    } catch (error) {
      if (alive.has(this)) this.#post(encodeAnswer({ ...place, error: String(error) }));
    }
  }
}

function encodeAnswer(answer: Answer): Uint8Array {
  const body = serialize(answer);
  const bytes = new Uint8Array(4 + body.length);
  new DataView(bytes.buffer).setUint32(0, crc32(body));
  bytes.set(body, 4);
  return bytes;
}

/** The answer; undefined if the bytes are none, or damaged. */
export function decodeAnswer(bytes: unknown): Answer | undefined {
  if (!(bytes instanceof Uint8Array) || bytes.length < 4) return undefined;
  const body = bytes.subarray(4);
  if (new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) !== crc32(body)) return undefined;
  return deserialize(body) as Answer;
}
