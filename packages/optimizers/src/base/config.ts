import { KeepfitError } from '@keepfit/callbacks';
import * as tf from '@tensorflow/tfjs-core';
import type { NamedSchedule, Schedule } from '../contract/schedule.js';

type Config = tf.serialization.ConfigDict;

/**
 * The options of an optimizer as data. tfjs-layers changes the case of texts when it saves a model, except for
 * those under the key `name`, so patterns are under that key.
 *
 * @throws KEEPFIT_INVALID_OPTION when the schedule is a function, which cannot be saved.
 */
export function toConfig(rate: number | Schedule, settings: Readonly<Record<string, unknown>>): Config {
  const entries = Object.entries(settings).map(([key, value]) => [
    key,
    Array.isArray(value) ? value.map((name: unknown) => ({ name })) : value,
  ]);
  return {
    learningRate: typeof rate === 'number' ? rate : scheduleToConfig(rate),
    ...Object.fromEntries(entries),
  };
}

function scheduleToConfig(schedule: Schedule): Config {
  const { className, config } = schedule as Partial<NamedSchedule>;
  if (className !== undefined) return { className, config: { ...config } } as Config;
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    'a function as schedule cannot be saved with an optimizer: use a schedule such as cosineDecay(…), or save the model with includeOptimizer: false',
  );
}

/** The options that `toConfig` gave, also after tfjs-layers has saved and loaded them. */
export function fromConfig(config: Config): Record<string, unknown> {
  // tfjs-layers adds the objects that a user registers for a load.
  const { customObjects: _, ...options } = config;
  return Object.fromEntries(
    Object.entries(options).map(([key, value]) => {
      if (Array.isArray(value)) return [key, value.map((item) => (item as { name?: unknown })?.name ?? item)];
      return [key, key === 'learningRate' && typeof value === 'object' ? toSchedule(value as Config) : value];
    }),
  );
}

function toSchedule({ className, config }: Config): unknown {
  const known = tf.serialization.SerializationMap.getMap().classNameMap[String(className)];
  if (known !== undefined) return known[1](known[0], config as Config);
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `the schedule ${String(className)} of a saved optimizer is not registered: call registerOptimizers() first`,
  );
}
