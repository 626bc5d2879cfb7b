/** One line of the bench's output: a figure beside the bar that it is held to. */
export interface Row {
  /** What is measured, in words. */
  readonly name: string;
  /** The most that `value` may be; with neither this nor `least`, the figure is only reported. */
  readonly limit?: number;
  /** The least that it may be. */
  readonly least?: number;
  /** × is a ratio of two measurements taken in turn. */
  readonly unit: '×' | '%' | 'ms' | 'kB' | '';
  /** The median. */
  readonly value: number;
  /** The lower and upper quartile. */
  readonly spread: readonly [low: number, high: number];
  readonly runs: number;
  /** What the figure is made of, and what the same machine does at best. */
  readonly facts: Readonly<Record<string, number | string>>;
}

/** A plot of figures against one size. */
export interface Plot {
  /** The name of its file, without the ending. */
  readonly file: string;
  readonly title: string;
  readonly x: string;
  readonly y: string;
  readonly isLogarithmic: boolean;
  readonly lines: readonly {
    readonly name: string;
    readonly points: readonly (readonly [x: number, y: number])[];
  }[];
}

export interface Context {
  /** Fewer and smaller runs: to see that all works, not to measure. */
  readonly quick: boolean;
  /** The folder of this package. */
  readonly root: string;
  /** An empty folder on the file system that is measured. */
  readonly folder: string;
  row(row: Row): void;
  plot(plot: Plot): void;
}

/** Measures one bar, or several that share their runs. Each runs in a process of its own. */
export type Bench = (context: Context) => Promise<void>;
