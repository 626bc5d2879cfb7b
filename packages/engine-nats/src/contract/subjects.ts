import { KeepfitError } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';

/** The names on the server that belong to one run. */
export interface Subjects {
  /** A stream of jobs, each of which one worker takes. */
  readonly workStream: string;
  readonly work: string;
  readonly consumer: string;
  /** A stream that holds the last message of each subject. */
  readonly boardStream: string;
  readonly board: string;
  /** The subject on which the coordinator tells all workers something. */
  readonly news: string;
  /** Where workers speak to an incarnation of the coordinator. */
  answersTo(incarnation: string): string;
}

/** Where all workers of all runs report about themselves. */
export const REPORTS = 'keepfit.workers';

/**
 * Names everything of a run.
 *
 * @throws KEEPFIT_INVALID_OPTION when the name of the run cannot be part of a subject.
 */
export function nameSubjects(run: unknown): Subjects {
  if (!isRunName(run))
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `run must be 1 to 64 letters, digits, "-" and "_", not ${formatValue(run)}`,
    );
  const prefix = `keepfit.run.${run}`;
  return {
    workStream: `keepfit-${run}-work`,
    work: `${prefix}.work`,
    consumer: 'workers',
    boardStream: `keepfit-${run}-board`,
    board: `${prefix}.board`,
    news: `${prefix}.news`,
    answersTo: (incarnation) => `${prefix}.answers.${incarnation}`,
  };
}

export function isRunName(run: unknown): run is string {
  return typeof run === 'string' && /^[\w-]{1,64}$/.test(run);
}
