/** How long a block may take, in typical times, before it is given to a second member. */
const LATE = 2;

/** How long a member may take, in typical times, before it is ended: it hangs. */
const SILENT = 20;

/** Nobody is ended earlier, in milliseconds: a laptop may have slept, or a machine be busy. */
const PATIENCE = 30_000;

/** Milliseconds by which every answer may be late. */
const SLACK = 20;

/** A member, and how many shards it computes since when; undefined if it has nothing to do. */
interface Working {
  readonly work: { readonly shards: number; readonly since: number } | undefined;
}

/** How long the members take for a shard. Nothing is late before the first answer, which no time is known for. */
export class Pace {
  #each: number | undefined;

  /** Notes the time of a block of so many shards. */
  note(time: number, shards: number): void {
    const each = time / shards;
    this.#each = this.#each === undefined ? each : 0.7 * this.#each + 0.3 * each;
  }

  /**
   * Whether a member takes so long that a second one computes its block too.
   *
   * @param factor In typical times.
   */
  isLate({ work }: Working, now: number, factor = LATE): boolean {
    return (
      this.#each !== undefined &&
      work !== undefined &&
      now - work.since > factor * this.#each * work.shards + SLACK
    );
  }

  /** Whether a member takes so long that it will hardly ever answer. */
  isSilent({ work }: Working, now: number): boolean {
    return (
      this.#each !== undefined &&
      work !== undefined &&
      now - work.since > Math.max(PATIENCE, SILENT * this.#each * work.shards)
    );
  }

  /** When to look for late blocks again, in milliseconds; undefined for never. */
  get wait(): number | undefined {
    return this.#each === undefined ? undefined : LATE * this.#each + SLACK;
  }
}
