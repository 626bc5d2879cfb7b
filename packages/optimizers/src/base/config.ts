import { refuseOption } from '@keepfit/callbacks/internal';
import * as tf from '@tensorflow/tfjs-core';
import type { NamedSchedule } from '../contract/schedule.js';

type Config = tf.serialization.ConfigDict;

/**
 * The options of an optimizer as data. tfjs-layers changes the case of texts when it saves a model, except for
 * those under the key `name`, so patterns are under that key.
 *
 * @throws KEEPFIT_INVALID_OPTION when the schedule is a function, which cannot be saved.
 */
export function toConfig(options: object): Config {
  return mapValues(options, (value) => {
    if (Array.isArray(value)) return value.map((name: unknown) => ({ name }));
    if (typeof value !== 'function') return value;
    const { className, config } = value as unknown as Partial<NamedSchedule>;
    if (className !== undefined) return { className, config: { ...config } };
    return refuseOption(
      'a function as schedule cannot be saved with an optimizer: use one such as cosineDecay(…), or save the model with includeOptimizer: false',
    );
  });
}

/** The options that `toConfig` gave, also after tfjs-layers has saved and loaded them. */
export function fromConfig(config: Config): Config {
  // tfjs-layers adds the objects that a user registers for a load.
  const { customObjects: _, ...options } = config;
  return mapValues(options, (value) => {
    if (Array.isArray(value)) return value.map((item: unknown) => (item as { name?: unknown })?.name ?? item);
    const { className, config: saved } = (value ?? {}) as Config;
    if (className === undefined) return value;
    const known = tf.serialization.SerializationMap.getMap().classNameMap[className as string];
    if (known !== undefined) return known[1](known[0], saved as Config);
    return refuseOption(
      `the saved schedule ${className as string} is not registered: call registerOptimizers() first`,
    );
  });
}

function mapValues(options: object, change: (value: unknown) => unknown): Config {
  return Object.fromEntries(Object.entries(options).map(([key, value]) => [key, change(value)])) as Config;
}
