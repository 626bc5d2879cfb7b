/** How long a block may take, in typical times, before it is given to a second member. */
const LATE = 2;

/** How long a member may take, in typical times, before it is ended: it hangs. */
const SILENT = 20;

/** Nobody is ended earlier, in milliseconds: a laptop may have slept, or a machine be busy. */
const PATIENCE = 30_000;

/** Milliseconds by which every answer may be late. */
const SLACK = 20;

/** How long the members take for a shard. Nothing is late before the first answer, which no time is known for. */
export class Pace {
  #each: number | undefined;

  /** Notes the time of a block of so many shards. */
  note(time: number, shards: number): void {
    const each = time / shards;
    this.#each = this.#each === undefined ? each : 0.7 * this.#each + 0.3 * each;
  }

  /** Whether a block takes so long that a second member computes it too. */
  isLate(time: number, shards: number): boolean {
    return this.#each !== undefined && time > LATE * this.#each * shards + SLACK;
  }

  /** Whether a member takes so long that it will hardly ever answer. */
  isSilent(time: number, shards: number): boolean {
    return this.#each !== undefined && time > Math.max(PATIENCE, SILENT * this.#each * shards);
  }

  /** When to look for late blocks again, in milliseconds; undefined for never. */
  get wait(): number | undefined {
    return this.#each === undefined ? undefined : LATE * this.#each + SLACK;
  }
}
