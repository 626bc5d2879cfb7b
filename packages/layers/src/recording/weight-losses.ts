import { layers, regularizers } from '@tensorflow/tfjs-layers';
import { overrideField } from '../override-field.js';

const getSource = (value: () => unknown): string => Function.prototype.toString.call(value);

/**
 * The regularizer whose loss this is, if tfjs-layers itself added the loss, for a weight; undefined for a loss of
 * yours. A layer may have a regularizer in its field that it got after its weights were made, so the field does
 * not tell.
 */
export function findRegularizer(loss: unknown): object | undefined {
  if (typeof loss !== 'function') return undefined;
  const call = loss as () => unknown;
  // A function of yours must not be called because it may count its calls.
  const { addWeight } = layers.Layer.prototype as unknown as { addWeight: () => unknown };
  if (!getSource(addWeight).includes(getSource(call))) return undefined;
  const result = {};
  const applied: object[] = [];
  const undo = overrideField(
    Object.getPrototypeOf(regularizers.l1l2()) as object,
    'apply',
    function apply(this: object) {
      applied.push(this);
      return result;
    },
  );
  try {
    return call() === result ? applied[0] : undefined;
  } catch {
    return undefined;
  } finally {
    undo();
  }
}
