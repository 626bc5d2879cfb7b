import { printWarning } from '@keepfit/callbacks/internal';

/** What a training is compared with one thread by. */
export interface WatchedSharing {
  /** How many parts of a batch there are to share. */
  readonly shards: number;
  /** How many workers the engine has now; undefined if it does not tell. */
  countWorkers(): number | undefined;
  /** Milliseconds from any start. @default those of `performance.now()` */
  clock?(): number;
}

/** A step that was trained. */
export interface WatchedStep {
  /** The rows of its batch. */
  readonly size: number;
  /** How many steps the run has left; undefined if that is not known. */
  readonly left: number | undefined;
  /** Computes the same batch on this thread, as a training without an engine does. */
  computeAlone(): Promise<void>;
}

/** Workers compile and record in their first steps, which do not count. */
const WARM_UP = 8;

/** The steps after which this thread computes the batch too. The first four times are slow: it records, and compares. */
const COMPARED = { first: 12, every: 3, times: 6 };

/** In a shorter run, the comparison would cost more than the user can gain. */
const FEWEST_LEFT = 200;

/** Below this ratio the difference may be noise. */
const LOSING = 1.05;

/**
 * Compares the time of a shared step with that of one thread, once in a long run, and prints a line if sharing loses.
 * The fastest step of each counts, because other programs only add time.
 */
export class SharingWatch {
  readonly #sharing: WatchedSharing;
  readonly #clock: () => number;
  #isOver = false;
  /** How long the parts of this step took so far. */
  #elapsed = 0;
  #size = 0;
  #workers: number | undefined;
  #steps = 0;
  #shared = Infinity;
  #alone = Infinity;

  constructor(sharing: WatchedSharing) {
    this.#sharing = sharing;
    this.#clock = sharing.clock ?? (() => performance.now());
  }

  /** Times a part of a step that a training without an engine does otherwise. */
  async time<Result>(part: () => Promise<Result>): Promise<Result> {
    const start = this.#clock();
    const result = await part();
    this.#elapsed += this.#clock() - start;
    return result;
  }

  /** After each step. */
  async endStep({ size, left = Infinity, computeAlone }: WatchedStep): Promise<void> {
    const elapsed = this.#elapsed;
    this.#elapsed = 0;
    this.#restartIfChanged(size);
    if (this.#isOver || size < this.#size) return;
    this.#steps += 1;
    if (this.#steps > WARM_UP) this.#shared = Math.min(this.#shared, elapsed);
    const { first, every, times } = COMPARED;
    const since = this.#steps - first;
    if (since < 0 || since % every !== 0) return;
    this.#isOver = since === 0 && left < FEWEST_LEFT;
    if (this.#isOver) return;
    await this.#timeAlone(computeAlone);
    if (this.#isOver || since < every * (times - 1)) return;
    this.#isOver = true;
    if (this.#shared > LOSING * this.#alone) printWarning(this.#createMessage());
  }

  async #timeAlone(compute: () => Promise<void>): Promise<void> {
    const start = this.#clock();
    try {
      await compute();
      this.#alone = Math.min(this.#alone, this.#clock() - start);
    } catch {
      // A whole batch may need more memory than this thread has. The training does not need it.
      this.#isOver = true;
    }
  }

  /** Only steps of the largest batch, shared among the same workers, are compared. */
  #restartIfChanged(size: number): void {
    const workers = this.#sharing.countWorkers();
    if (size <= this.#size && workers === this.#workers) return;
    this.#size = Math.max(size, this.#size);
    this.#workers = workers;
    this.#steps = 0;
    this.#shared = this.#alone = Infinity;
  }

  #createMessage(): string {
    const workers = this.#workers;
    const { shards } = this.#sharing;
    const times = `${(this.#shared / this.#alone).toPrecision(2)} times as long as this thread alone`;
    if (workers === undefined)
      return `keepfit: the engine takes ${times}; use a larger batch, or train without the engine`;
    if (workers === 1)
      return `keepfit: 1 worker takes ${times}, and cannot be faster; use 2 workers or more, or train without the engine`;
    if (shards === 1)
      return `keepfit: the engine takes ${times}, because one shard keeps one worker busy; use more shards in the next training, or no engine`;
    const batch = this.#findBatch(Math.min(workers, shards));
    return `keepfit: ${workers} workers take ${times}; use a batch of ${batch} or more, or train without the engine`;
  }

  /**
   * The power of two from which sharing pays. What sharing costs beyond the work itself, `overhead`, hardly depends on
   * the batch; what it saves grows with it.
   */
  #findBatch(workers: number): number {
    const overhead = this.#shared - this.#alone / workers;
    const saved = this.#alone * (1 - 1 / workers);
    return 2 ** Math.ceil(Math.log2((this.#size * overhead) / saved));
  }
}
