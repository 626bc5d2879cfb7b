import { KeepfitError } from '@keepfit/callbacks';
import { CELLS, type KerasLayer, type Part } from './kinds.js';
import { type LayerConfig, toSnakeCase } from './layer-roles.js';

/** A layer as Keras serializes it. */
interface Saved {
  readonly class_name: string;
  readonly config: LayerConfig & { readonly name?: unknown };
}

type Around = Pick<KerasLayer, 'parts' | 'place'>;

/** Models within models and wrappers within wrappers. */
const MAX_DEPTH = 50;

/**
 * Finds the layers in the configuration of a model that have, or may have, weights of their own, in the order
 * of Keras' `model.layers`.
 *
 * @throws KEEPFIT_CHECKPOINT_CORRUPT when it is no configuration of a Sequential or functional model.
 */
export function findConfigLayers(json: string): KerasLayer[] {
  const root = checkSaved(parse(json));
  if (getKind(root) === undefined)
    throw new KeepfitError(
      'KEEPFIT_INVALID_DATA',
      `the model is of the class ${root.class_name}; only Sequential and functional models can be imported`,
    );
  return visit(root, { parts: [], place: '' }, 0);
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw createConfigError('it is not valid JSON', cause);
  }
}

function visit(saved: Saved, { parts, place }: Around, depth: number, name = getName(saved)): KerasLayer[] {
  if (depth > MAX_DEPTH) throw createConfigError(`it has more than ${MAX_DEPTH} layers in each other`);
  const { class_name: className, config } = saved;
  const kind = getKind(saved);
  const own = [...parts, { name, ...(kind !== undefined && { kind }) }];
  const enter = (value: unknown, inner: string, around = own, innerName?: string) =>
    visit(checkSaved(value), { parts: around, place: `${place}${inner}/` }, depth + 1, innerName);
  if (kind !== undefined) return visitAll(getLayers(saved), (layer, key) => enter(layer, `layers/${key}`));
  if (className === 'Bidirectional') return visitBothWays(config, enter);
  if (className === 'TimeDistributed') return enter(config['layer'], 'layer');
  const cell = CELLS[className];
  if (cell !== undefined)
    return [
      { className: cell.className, config, parts: [...own, { name: cell.name }], place: `${place}cell/` },
    ];
  if (className !== 'RNN') return [{ className, config, parts: own, place }];
  const inner = checkSaved(config['cell']);
  if (inner.class_name !== 'StackedRNNCells') return enter(inner, 'cell');
  const stacked: Part[] = [...own, { name: getName(inner) }];
  return visitAll(inner.config['cells'], (one, key) => enter(one, `cell/cells/${key}`, stacked));
}

/** Keras 3 saves the names of both layers; Keras 2 that of the layer they were made from. */
function visitBothWays(
  config: LayerConfig,
  enter: (value: unknown, inner: string, around?: Part[], name?: string) => KerasLayer[],
): KerasLayer[] {
  const forward = checkSaved(config['layer']);
  const base = getName(forward).replace(/^forward_/, '');
  return [
    ...enter(forward, 'forward_layer', undefined, `forward_${base}`),
    ...enter(config['backward_layer'] ?? forward, 'backward_layer', undefined, `backward_${base}`),
  ];
}

/** Visits layers with the names that Keras 3 gives them in files: by class, with numbers. */
function visitAll(layers: unknown, enter: (layer: Saved, key: string) => KerasLayer[]): KerasLayer[] {
  if (!Array.isArray(layers)) throw createConfigError('a model in it has no list of layers');
  const counts = new Map<string, number>();
  return layers.flatMap((layer) => {
    const saved = checkSaved(layer);
    const name = toSnakeCase(saved.class_name === 'Model' ? 'Functional' : saved.class_name);
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    return enter(saved, count === 0 ? name : `${name}_${count}`);
  });
}

function getKind({ class_name: className }: Saved): Part['kind'] {
  if (className === 'Sequential') return 'sequential';
  return className === 'Functional' || className === 'Model' ? 'functional' : undefined;
}

/** Early versions of Keras 2 saved the layers of a Sequential without anything around. */
function getLayers({ config }: Saved): unknown {
  return Array.isArray(config) ? config : config['layers'];
}

function getName({ class_name: className, config }: Saved): string {
  return typeof config.name === 'string' ? config.name : toSnakeCase(className);
}

function checkSaved(value: unknown): Saved {
  const { class_name: className, config } = (value ?? {}) as Partial<Saved>;
  if (typeof className !== 'string' || typeof config !== 'object' || config === null)
    throw createConfigError('a layer in it has no class or options');
  return { class_name: className, config };
}

function createConfigError(reason: string, cause?: unknown): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_CHECKPOINT_CORRUPT',
    `the configuration of the model cannot be read: ${reason}; save the model again`,
    cause === undefined ? undefined : { cause },
  );
}
