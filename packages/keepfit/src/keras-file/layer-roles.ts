import { KeepfitError } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';

/** The options of a layer as Keras saves them; undefined in a file that has weights only. */
export type LayerConfig = Readonly<Record<string, unknown>>;

/** What a layer keeps in its weights. */
interface Roles {
  /** In the order of the file. */
  readonly names: readonly string[];
  /** The option that a weight needs: if it is false, the layer has no such weight. */
  readonly needs: Readonly<Record<string, string>>;
}

const biased = (...names: string[]): Roles => ({ names: [...names, 'bias'], needs: { bias: 'use_bias' } });
const affine = (...names: string[]): Roles => ({
  names: ['gamma', 'beta', ...names],
  needs: { gamma: 'scale', beta: 'center' },
});
const CELL = biased('kernel', 'recurrent_kernel');

/** The classes of Keras with weights that tfjs-layers has too. */
const ROLES: Readonly<Record<string, Roles>> = {
  Dense: biased('kernel'),
  Conv1D: biased('kernel'),
  Conv2D: biased('kernel'),
  Conv3D: biased('kernel'),
  Conv2DTranspose: biased('kernel'),
  Conv3DTranspose: biased('kernel'),
  DepthwiseConv2D: biased('kernel'),
  SeparableConv2D: biased('depthwise_kernel', 'pointwise_kernel'),
  Embedding: { names: ['embeddings'], needs: {} },
  PReLU: { names: ['alpha'], needs: {} },
  BatchNormalization: affine('moving_mean', 'moving_variance'),
  LayerNormalization: affine(),
  SimpleRNNCell: CELL,
  LSTMCell: CELL,
  GRUCell: CELL,
  ConvLSTM2DCell: CELL,
};

/** Options that tfjs-layers does not have, and the only value that is like leaving them out. */
const REFUSED: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  GRUCell: { reset_after: false },
  BatchNormalization: { renorm: false },
  LayerNormalization: { rms_scaling: false },
};

export function isKnownClass(className: string): boolean {
  return Object.hasOwn(ROLES, className);
}

/** Whether a layer of tfjs-layers has a weight of this name. */
export function isKnownRole(role: string): boolean {
  return Object.values(ROLES).some(({ names }) => names.includes(role));
}

/** The class whose snake-case name Keras uses in weight files: `conv2d` of `Conv2D`. */
export function findClass(snakeName: string): string | undefined {
  return Object.keys(ROLES).find((className) => toSnakeCase(className) === snakeName);
}

/** As Keras makes the name of a layer from that of its class. */
export function toSnakeCase(className: string): string {
  return className
    .replaceAll(/(.)([A-Z][a-z]+)/g, '$1_$2')
    .replaceAll(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase();
}

/**
 * Names the weights of a layer: by its options if they are known, else by their number.
 *
 * @throws KEEPFIT_INVALID_DATA when tfjs-layers does not have such a layer, or the number does not tell.
 */
export function nameRoles(
  name: string,
  className: string,
  config: LayerConfig | undefined,
  shapes: readonly (readonly number[])[],
): readonly string[] {
  const roles = ROLES[className];
  if (roles === undefined)
    throw createLayerError(name, `has the class ${className}, which tfjs-layers does not have`);
  if (config !== undefined) refuseOptions(name, className, config);
  if (className === 'GRUCell') refuseResetAfter(name, config, shapes);
  const names = config === undefined ? guessRoles(roles, shapes.length) : listRoles(className, config);
  if (names === undefined)
    throw createLayerError(
      name,
      'has fewer weights than usual, and the file does not tell which; give the .keras file of the model, which does',
    );
  if (names.length !== shapes.length)
    throw createLayerError(name, `has ${shapes.length} weights, but a ${className} has ${names.length}`);
  return names;
}

/** The weights that a layer with these options has, in their order; none if the class is unknown. */
export function listRoles(className: string, config: LayerConfig): readonly string[] {
  const { names, needs } = ROLES[className] ?? { names: [], needs: {} };
  return names.filter((role) => config[needs[role] ?? ''] !== false);
}

function refuseOptions(name: string, className: string, config: LayerConfig): void {
  for (const [option, harmless] of Object.entries(REFUSED[className] ?? {})) {
    // Keras 2 made GRU without the option, as tfjs-layers does.
    if ((config[option] ?? harmless) === harmless) continue;
    const advice = option === 'reset_after' ? '; train it with GRU(…, reset_after=False)' : '';
    const value = config[option] === true ? 'True' : formatValue(config[option]);
    throw createLayerError(name, `has ${option}=${value}, which tfjs-layers does not have${advice}`);
  }
}

/** A file of weights shows it by the bias: two rows. */
function refuseResetAfter(
  name: string,
  config: LayerConfig | undefined,
  shapes: readonly (readonly number[])[],
): void {
  if (shapes[2]?.length === 2)
    throw createLayerError(
      name,
      'is a GRU with reset_after=True, which tfjs-layers does not have; train it with GRU(…, reset_after=False)',
    );
  if (config === undefined && shapes.length === 2)
    throw createLayerError(
      name,
      'is a GRU without bias, and the file does not tell whether it has reset_after=True; give the .keras file of the model',
    );
}

/** Only the bias is told by the number of weights alone, and gamma with beta. */
function guessRoles({ names, needs }: Roles, count: number): readonly string[] | undefined {
  if (count >= names.length) return names;
  const fixed = names.filter((role) => needs[role] === undefined);
  return count === fixed.length ? fixed : undefined;
}

export function createLayerError(name: string, reason: string): KeepfitError {
  return new KeepfitError('KEEPFIT_INVALID_DATA', `the layer ${formatValue(name)} ${reason}`);
}
