/**
 * A learning rate that changes: the rate of a step, counted from 0. It must be a pure function, so that a
 * resumed training computes the same rates.
 */
export type Schedule = (step: number) => number;

/** A schedule of this package: its name and options are saved with an optimizer. */
export interface NamedSchedule extends Schedule {
  /** Keras' name of the class, such as `CosineDecay`. */
  readonly className: string;
  /** The options that were given, without those at their defaults. */
  readonly config: Readonly<Record<string, ScheduleOption>>;
}

export type ScheduleOption = number | boolean | readonly number[];
