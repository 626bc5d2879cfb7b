// The arrows between the packages, as a rule for oxlint: what a package's src may import. Tests and examples may import anything.
import { dirname, resolve, sep } from 'node:path';

const callbacks = '@keepfit/callbacks';
const core = '@tensorflow/tfjs-core';

/** The first line that fits a package holds; a star stands for the rest of a name. What is not named here may not be imported, types neither. */
const arrows = [
  ['callbacks', []],
  ['store-fs', [callbacks, 'node:*']],
  ['store-indexeddb', [callbacks, 'idb']],
  ['store-*', [callbacks]],
  ['fit', [callbacks, core, `${core}/dist/register_all_gradients`]],
  ['plain-kernels', [core]],
  ['gpu-kernels', [callbacks, core]],
  [
    'backend-cpu',
    [callbacks, '@keepfit/fit', '@keepfit/plain-kernels', core, '@tensorflow/tfjs-backend-cpu'],
  ],
  [
    'backend-wasm',
    [
      callbacks,
      '@keepfit/fit',
      '@keepfit/plain-kernels',
      core,
      '@tensorflow/tfjs-backend-wasm',
      '@tensorflow/tfjs-backend-wasm/*',
    ],
  ],
  [
    'backend-webgl',
    [callbacks, '@keepfit/fit', '@keepfit/gpu-kernels', core, '@tensorflow/tfjs-backend-webgl'],
  ],
  [
    'backend-webgpu',
    [callbacks, '@keepfit/fit', '@keepfit/gpu-kernels', core, '@tensorflow/tfjs-backend-webgpu'],
  ],
  ['layers', [callbacks, '@keepfit/fit', core, '@tensorflow/tfjs-layers']],
  ['tensorboard', [callbacks]],
  ['cli', [callbacks, '@keepfit/store-fs', 'commander', 'node:*']],
  ['*', []],
];

function fits(pattern, name) {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/** The package whose src a file belongs to. */
function placeOf(filename) {
  const found = new RegExp(`^(.*[\\\\/]packages[\\\\/]([^\\\\/]+)[\\\\/]src)[\\\\/]`).exec(filename);
  return found === null ? undefined : { src: found[1], name: found[2] };
}

/** Why this import is against the arrows; undefined where it is not. */
function fault(filename, place, source) {
  if (/^\.{1,2}(\/|$)/.test(source)) {
    const target = resolve(dirname(filename), source);
    return target.startsWith(place.src + sep)
      ? undefined
      : `"${source}" leaves packages/${place.name}/src: import the package by its name`;
  }
  const allowed = arrows.find(([name]) => fits(name, place.name))[1];
  if (allowed.some((pattern) => fits(pattern, source))) return undefined;
  return `packages/${place.name}/src may import ${allowed.join(', ') || 'nothing from outside'}, not "${source}" (see scripts/lint/import-arrows.mjs)`;
}

const arrowsRule = {
  create(context) {
    const place = placeOf(context.filename);
    if (place === undefined) return {};
    const check = (node, source) => {
      if (source === null || source === undefined) return;
      const message =
        typeof source.value === 'string'
          ? fault(context.filename, place, source.value)
          : 'only a literal name can be imported here';
      if (message !== undefined) context.report({ node, message });
    };
    return {
      ImportDeclaration: (node) => check(node, node.source),
      ExportNamedDeclaration: (node) => check(node, node.source),
      ExportAllDeclaration: (node) => check(node, node.source),
      ImportExpression: (node) => check(node, node.source),
      TSImportType: (node) => check(node, node.source),
      TSExternalModuleReference: (node) => check(node, node.expression),
    };
  },
};

export default { meta: { name: 'keepfit' }, rules: { 'import-arrows': arrowsRule } };
