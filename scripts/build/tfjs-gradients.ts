// tfjs-core publishes its gradient table only as modules for bundlers, which Node cannot load. So
// @keepfit/fit's build bundles them: the table becomes a separate file, which is loaded if nothing else has
// registered gradients. It imports everything public from tfjs-core and contains only the rest.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import type { Options } from 'tsup';

type Plugin = NonNullable<Options['esbuildPlugins']>[number];

const core = '@tensorflow/tfjs-core';
/** The module that registers all gradients when it is imported. */
export const gradientsModule = `${core}/dist/register_all_gradients`;
/** The notice in the built file; the licence itself is in @keepfit/fit's LICENSE. */
const notice = `/*! The gradient functions in this file come from ${core} (https://github.com/tensorflow/tfjs), Copyright Google LLC,
 * Apache License 2.0. Changed by keepfit: put into one file, with imports from ${core} for all that is public there. */
`;
/** The namespaces of the public API that the gradients use, and the modules that make them. */
const namespaces = {
  util: 'util',
  broadcast_util: 'ops/broadcast_util',
  slice_util: 'ops/slice_util',
  backend_util: 'backends/backend_util',
};
/**
 * Not public by these names, but by others: without them the file would contain a second copy of the engine
 * or of Tensor.
 */
const byAnotherName: Record<string, string> = {
  ENGINE: `import { engine } from '${core}'; const ENGINE = engine();`,
  getGlobalTensorClass: `import { Tensor } from '${core}'; const getGlobalTensorClass = () => Tensor;`,
};

/** Finds the file of that module in the tfjs-core that the package is built with. */
export function locateGradients(packageJson: string): string {
  return createRequire(packageJson).resolve(`${gradientsModule}.js`);
}

/**
 * Leaves the dynamic import of the table to the file `name`, built beside it, and ties that file to
 * tfjs-core's public API.
 */
export function tfjsGradients(entry: string, name: string): Plugin {
  const exported = exportsOf(dirname(entry));
  return {
    name: 'tfjs-gradients',
    setup(build) {
      const extension = build.initialOptions.outExtension?.['.js'] ?? '.js';
      build.onResolve({ filter: new RegExp(`^${gradientsModule}$`) }, () => ({
        path: `./${name}${extension}`,
        external: true,
      }));
      build.onLoad({ filter: /tfjs-core[\\/]dist[\\/].*\.js$/ }, ({ path }) => ({
        contents: tied(path, exported),
        loader: 'js',
      }));
    },
  };
}

/** Removes the licence and the source map that each module repeats. One notice for all precedes the table. */
function withoutComments(source: string): string {
  return source
    .replace(/^\/\*\*[\s\S]*?@license[\s\S]*?\*\//, '')
    .replace(/^\/\/# sourceMappingURL=.*$/m, '')
    .replace(/^const gradConfigs = /m, `${notice}$&`);
}

type Exports = (file: string) => ReadonlyMap<string, string>;

/** Returns the source of a module of tfjs-core with its imports of public names turned to the public API. */
function tied(path: string, exported: Exports): string {
  return withoutComments(readFileSync(path, 'utf8')).replace(
    /^import (.+) from '(\..+)';$/gm,
    (statement, clause: string, from: string) => {
      const target = `${resolve(dirname(path), from)}.js`;
      const whole = /^\* as (\w+)$/.exec(clause);
      if (whole !== null) return wholeModule(target, whole[1] ?? '', exported) ?? statement;
      const names = clause.replace(/[{}\s]/g, '').split(',');
      return names
        .map((name) => oneName(target, name, exported) ?? `import { ${name} } from '${from}';`)
        .join(' ');
    },
  );
}

function wholeModule(target: string, local: string, exported: Exports): string | undefined {
  const all = [...exported(target)];
  const namespace = publicNamespace(
    (members) => all.every(([name, file]) => members.get(name) === file),
    exported,
  );
  return namespace === undefined ? undefined : `import { ${namespace} as ${local} } from '${core}';`;
}

function oneName(target: string, name: string, exported: Exports): string | undefined {
  const file = exported(target).get(name);
  if (file === undefined)
    throw new Error(
      `${target} has no export "${name}" that the build could read: has tfjs-core changed its form?`,
    );
  if (exported('').get(name) === file) return `import { ${name} } from '${core}';`;
  const other = byAnotherName[name];
  if (other !== undefined) return other;
  const namespace = publicNamespace((members) => members.get(name) === file, exported);
  return namespace === undefined
    ? undefined
    : `import { ${namespace} as of_${name} } from '${core}'; const { ${name} } = of_${name};`;
}

function publicNamespace(
  holds: (members: ReadonlyMap<string, string>) => boolean,
  exported: Exports,
): string | undefined {
  return Object.entries(namespaces).find(([, module]) => holds(exported(module)))?.[0];
}

/**
 * Lists the exports of a module with the file that makes each. A module is given by its path, or by its name
 * in dist; '' is the public API.
 */
function exportsOf(dist: string): Exports {
  const known = new Map<string, Map<string, string>>();
  const exported = (given: string): Map<string, string> => {
    const file = given.endsWith('.js') ? given : resolve(dist, `${given || 'base'}.js`);
    let names = known.get(file);
    if (names === undefined) {
      names = new Map();
      known.set(file, names);
      readExports(file, exported).forEach((from, name) => names?.set(name, from));
    }
    return names;
  };
  return exported;
}

function readExports(file: string, exported: Exports): Map<string, string> {
  const source = readFileSync(file, 'utf8');
  const names = new Map<string, string>();
  for (const [, name] of source.matchAll(/^export (?:async )?(?:const|let|var|function\*?|class) (\w+)/gm))
    if (name) names.set(name, file);
  for (const [, clause = ''] of source.matchAll(/^export (\{[^}]+\});$/gm))
    for (const name of clause.match(/\w+/g) ?? []) names.set(name, file);
  for (const [, clause = '', from = ''] of source.matchAll(/^export (\*|\{[^}]+\}) from '(\..+)';$/gm)) {
    const inner = exported(`${resolve(dirname(file), from)}.js`);
    if (clause === '*') inner.forEach((made, name) => names.set(name, made));
    for (const name of clause.match(/\w+/g) ?? []) {
      const made = inner.get(name);
      if (made !== undefined) names.set(name, made);
    }
  }
  return names;
}
