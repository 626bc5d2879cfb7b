import * as tf from '@tensorflow/tfjs-core';

/** The arguments that `compile` of tfjs-layers reads. */
const READ = ['optimizer', 'loss', 'metrics'];

// On the models and classes themselves, so that ESM and CJS copies of this package agree.
const IGNORED = Symbol.for('keepfit.ignoredByCompile');
const WATCHED = Symbol.for('keepfit.watchesCompile');

interface Compiled {
  [IGNORED]?: readonly string[];
}

interface CompiledClass {
  [WATCHED]?: boolean;
  compile?: (args: unknown) => unknown;
}

/**
 * Notes which arguments `compile` of tfjs-layers is given and ignores, such as `lossWeights`: the model does not
 * show it afterwards. If tfjs-layers is not loaded yet, nothing is noted.
 */
export function watchCompile(): void {
  const classes = tf.serialization.SerializationMap.getMap().classNameMap;
  for (const name of ['Model', 'Sequential']) {
    const prototype = classes[name]?.[0].prototype as CompiledClass | undefined;
    if (prototype === undefined || Object.hasOwn(prototype, WATCHED)) continue;
    const { compile } = prototype;
    if (compile === undefined) continue;
    prototype[WATCHED] = true;
    prototype.compile = function (this: Compiled, args: unknown) {
      this[IGNORED] = Object.entries(args ?? {})
        .filter(([key, value]) => !READ.includes(key) && value !== undefined && value !== null)
        .map(([key]) => key);
      return compile.call(this, args);
    };
  }
}

/** The arguments of the model's last `compile` that tfjs-layers ignored, as far as they were noted. */
export function getIgnoredArguments(model: object): readonly string[] {
  return (model as Compiled)[IGNORED] ?? [];
}
