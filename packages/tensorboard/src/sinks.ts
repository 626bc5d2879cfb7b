import { KeepfitError, type OutputSink } from '@keepfit/callbacks';
import { checkOptions, formatValue } from '@keepfit/callbacks/internal';

/**
 * The sinks of the event files: two, as in Keras, so that TensorBoard shows training and validation as two
 * runs in one chart.
 */
export interface TensorBoardSinks {
  /**
   * The sink for training. TensorBoard treats a folder as a run, and reads files whose names contain
   * `tfevents`.
   */
  readonly train: OutputSink;
  /**
   * The sink for validation and evaluations, in another folder than `train`.
   *
   * @default `train`, with `val_` in the tags
   */
  readonly validation?: OutputSink;
}

/** @throws KEEPFIT_INVALID_OPTION when the sinks are not one or two different OutputSinks. */
export function checkSinks(sinks: TensorBoardSinks): void {
  if (typeof sinks !== 'object' || sinks === null) {
    const example = '{ train: fileSink(path), validation: fileSink(another) }';
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `TensorBoard needs sinks, such as ${example}, not ${formatValue(sinks)}`,
    );
  }
  const wanted = 'an OutputSink, such as fileSink(path), with append, flush, position and truncate';
  checkOptions('TensorBoard', sinks, { train: [isSink, wanted], validation: [isSink, wanted] });
  if (sinks.train === undefined)
    throw new KeepfitError('KEEPFIT_INVALID_OPTION', `train of TensorBoard must be ${wanted}, not undefined`);
  if (sinks.train !== sinks.validation) return;
  const advice = 'leave validation out to write everything into one file';
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `train and validation of TensorBoard must be two sinks, not the same one; ${advice}`,
  );
}

function isSink(value: unknown): boolean {
  const sink = value as Partial<OutputSink> | null;
  return [sink?.append, sink?.flush, sink?.position, sink?.truncate].every(
    (method) => typeof method === 'function',
  );
}
