/** One line of the output: a figure and its bar. */
export interface Row {
  /** The measured quantity, in words. */
  readonly name: string;
  /**
   * The upper bound of `value`, which bars.ts gives, not the bench. Without this and `least`, the figure is only
   * reported.
   */
  readonly limit?: number;
  /** The lower bound of `value`, also from bars.ts. */
  readonly least?: number;
  /** × is a ratio of two measurements that take turns. */
  readonly unit: '×' | '%' | 'ms' | 'kB' | 'MB' | '';
  /** The median. */
  readonly value: number;
  /** The lower and upper quartile. */
  readonly spread: readonly [low: number, high: number];
  readonly runs: number;
  /** Whether more is better. @default whether `least` is given */
  readonly isMoreBetter?: boolean;
  /**
   * For a value that can be 0 or less, which `--against` compares by the difference, in `unit`: a difference up
   * to this is not worse. 0 is for a value without noise. All other values are compared by their ratio.
   */
  readonly tolerance?: number;
  /** The parts of the figure, and the best that the same machine reaches. */
  readonly facts: Readonly<Record<string, number | string>>;
}

/** A plot of figures against a size. */
export interface Plot {
  /** The name of its file, without the extension. */
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
  /** Fewer and smaller runs: a smoke test, not a measurement. */
  readonly quick: boolean;
  /** The folder of this package. */
  readonly root: string;
  /** An empty folder on the measured file system. */
  readonly folder: string;
  row(row: Row): void;
  plot(plot: Plot): void;
}

/** Measures one bar, or several that share their runs. Each bench runs in a separate process. */
export type Bench = (context: Context) => Promise<void>;
