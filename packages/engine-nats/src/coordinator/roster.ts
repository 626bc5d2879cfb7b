import { timers } from '@keepfit/callbacks/internal';

/** A worker, as the coordinator knows it. */
export interface Worker {
  readonly id: string;
  /** What it computes, and since when, in milliseconds of a monotonic clock. Undefined if it has nothing to do. */
  work: Work | undefined;
  /** When it was heard last. */
  heard: number;
  /** Shards and batches that it has computed. */
  computed: number;
  /** Milliseconds that it took for them. */
  busy: number;
}

export interface Work {
  readonly sum: number;
  readonly block: number;
  readonly shards: number;
  readonly since: number;
}

/** How long an idle worker may say nothing, in milliseconds, until it counts as gone. It speaks every two seconds. */
const SILENCE = 5000;

/** The workers of one incarnation. */
export class Roster {
  readonly #workers = new Map<string, Worker>();
  readonly #dismissed = new Set<string>();

  get workers(): readonly Worker[] {
    for (const worker of this.#workers.values())
      if (worker.work === undefined && this.isQuiet(worker)) this.#workers.delete(worker.id);
    return [...this.#workers.values()];
  }

  get idle(): readonly Worker[] {
    return this.workers.filter(({ work }) => work === undefined);
  }

  /** Notes that a worker has spoken. Undefined if it was dismissed. */
  hear(id: string): Worker | undefined {
    if (this.#dismissed.has(id)) return undefined;
    const heard = timers.now();
    const worker = this.#workers.get(id) ?? { id, work: undefined, heard, computed: 0, busy: 0 };
    worker.heard = heard;
    this.#workers.set(id, worker);
    return worker;
  }

  /** Whether a worker has said nothing for so long that it is gone, unless it computes. */
  isQuiet({ heard }: Worker): boolean {
    return timers.now() - heard > SILENCE;
  }

  find(id: string): Worker | undefined {
    return this.#workers.get(id);
  }

  /** Hears nothing of a worker from now on. */
  dismiss(id: string): void {
    this.#dismissed.add(id);
    this.#workers.delete(id);
  }

  clear(): void {
    this.#workers.clear();
    this.#dismissed.clear();
  }
}
