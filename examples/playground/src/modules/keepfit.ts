// keepfit as the program in the frame imports it. Its `fit` has one more callback, from which the page draws the
// curve, and reports the weights at the end.
import { fit as fitModel } from 'keepfit';
import { digestWeights } from '../../../browser/src/training/digest-weights.js';
import { collectCurve } from '../frame/collect-curve.js';
import { report } from '../frame/report.js';

export * from 'keepfit';

export const fit = (async (...given: Parameters<typeof fitModel>) => {
  const last = given.at(-1);
  const options = isOptions(last) ? last : {};
  const curve = collectCurve((points) => report({ kind: 'curve', curve: points }));
  const callbacks = [curve, ...(options.callbacks ?? [])];
  const rest = isOptions(last) ? given.slice(0, -1) : given;
  const history = await Reflect.apply(fitModel, undefined, [...rest, { ...options, callbacks }]);
  report({ kind: 'weights', digest: await digestWeights(given[0]) });
  return history;
}) as typeof fitModel;

/** Whether the last argument of `fit` is its options, and not data. */
function isOptions(value: unknown): value is { readonly callbacks?: readonly object[] } {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
