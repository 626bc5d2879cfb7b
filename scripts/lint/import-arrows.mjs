// Two oxlint rules: which package may import which (tests and examples may import anything), and, within a
// package that has rooms, which room may.
import { dirname, relative, resolve, sep } from 'node:path';
import { rooms } from './rooms.mjs';

const callbacks = ['@keepfit/callbacks', '@keepfit/callbacks/internal'];
const store = ['@keepfit/callbacks/store', '@keepfit/callbacks/internal'];
const core = '@tensorflow/tfjs-core';
const backend = [...callbacks, '@keepfit/fit', '@keepfit/fit/internal'];

/**
 * The first line that matches a package, or one of its rooms, holds; a star stands for the rest of a name. What
 * is not named here must not be imported, types included.
 */
const arrows = [
  ['callbacks', []],
  ['store-fs', [...store, 'node:*']],
  ['store-indexeddb', [...store, 'idb']],
  ['store-*', store],
  ['optimizers', [...callbacks, core]],
  [
    'fit',
    [
      ...callbacks,
      '@keepfit/callbacks/checkpoint',
      '@keepfit/optimizers',
      core,
      `${core}/dist/register_all_gradients`,
    ],
  ],
  ['js-kernels', [core]],
  ['gpu-kernels', [...callbacks, core]],
  ['backend-cpu', [...backend, '@keepfit/js-kernels', core, '@tensorflow/tfjs-backend-cpu']],
  [
    'backend-wasm',
    [
      ...backend,
      '@keepfit/js-kernels',
      core,
      '@tensorflow/tfjs-backend-wasm',
      '@tensorflow/tfjs-backend-wasm/*',
    ],
  ],
  ['create-keepfit', ['node:*']],
  ['backend-node', [...backend, core, '@tensorflow/tfjs-node', 'node:*']],
  ['backend-webgl', [...backend, '@keepfit/gpu-kernels', core, '@tensorflow/tfjs-backend-webgl']],
  ['backend-webgpu', [...backend, '@keepfit/gpu-kernels', core, '@tensorflow/tfjs-backend-webgpu']],
  [
    'layers',
    [
      ...callbacks,
      '@keepfit/callbacks/checkpoint',
      '@keepfit/fit',
      '@keepfit/fit/internal',
      core,
      '@tensorflow/tfjs-layers',
    ],
  ],
  [
    'engine-threads/shard-worker',
    [
      ...backend,
      '@keepfit/backend-cpu',
      '@keepfit/backend-wasm',
      '@keepfit/fit/engine',
      '@keepfit/layers',
      '@tensorflow/tfjs-layers',
    ],
  ],
  [
    'engine-nats',
    [
      ...callbacks,
      '@keepfit/callbacks/checkpoint',
      '@keepfit/engine-threads/internal',
      '@keepfit/fit/engine',
      '@nats-io/jetstream',
      '@nats-io/nats-core',
    ],
  ],
  ['engine-*', [...callbacks, '@keepfit/fit/engine']],
  ['tensorboard', callbacks],
  ['keepfit/index', ['@keepfit/layers', '@keepfit/fit', '@keepfit/optimizers', '@keepfit/callbacks']],
  [
    'keepfit/script',
    ['@keepfit/backend-cpu', '@keepfit/backend-wasm', '@keepfit/store-indexeddb', '@keepfit/store-opfs'],
  ],
  [
    'keepfit',
    [
      ...callbacks,
      '@keepfit/callbacks/*',
      '@keepfit/engine-nats',
      '@keepfit/engine-nats/serve',
      '@keepfit/store-fs',
      '@nats-io/transport-node',
      'commander',
      'h5wasm',
      'node:*',
    ],
  ],
  ['*', []],
];

function matches(pattern, name) {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

/** The package whose src a file belongs to. */
function findPackage(filename) {
  const found = new RegExp(`^(.*[\\\\/]packages[\\\\/]([^\\\\/]+)[\\\\/]src)[\\\\/]`).exec(filename);
  return found === null ? undefined : { src: found[1], name: found[2] };
}

/** The folder under src that a file is in, or the file's own name if it is in none. */
function findRoom(src, filename) {
  const [first, ...rest] = relative(src, filename).split(sep);
  return rest.length > 0 ? first : first.replace(/\.[jt]s$/, '');
}

/** Why an import is against the arrows between packages; undefined if it is not. */
function checkPackage(filename, place, source) {
  if (/^\.{1,2}(\/|$)/.test(source)) {
    const target = resolve(dirname(filename), source);
    return target.startsWith(place.src + sep)
      ? undefined
      : `"${source}" leaves packages/${place.name}/src: import the package by its name`;
  }
  const room = `${place.name}/${findRoom(place.src, filename)}`;
  const allowed = arrows.find(([name]) => matches(name, place.name) || matches(name, room))[1];
  if (allowed.some((pattern) => matches(pattern, source))) return undefined;
  return `packages/${place.name}/src may import ${allowed.join(', ') || 'nothing from outside'}, not "${source}" (see scripts/lint/import-arrows.mjs)`;
}

/** Why an import is against the arrows between the rooms of a package; undefined if it is not. */
function checkRoom(filename, place, source) {
  const arrowsOfRooms = rooms[place.name];
  if (arrowsOfRooms === undefined || !source.startsWith('.')) return undefined;
  const from = findRoom(place.src, filename);
  const to = findRoom(place.src, resolve(dirname(filename), source));
  if (from === to) return undefined;
  const allowed = arrowsOfRooms[from];
  if (allowed === undefined) {
    return `"${from}" is no room of packages/${place.name}/src: add it to scripts/lint/rooms.mjs`;
  }
  if (allowed.includes(to)) return undefined;
  return `"${from}" may import ${allowed.join(', ') || 'no other room'}, not "${to}" (see scripts/lint/rooms.mjs)`;
}

/** A rule that checks the source of each import and re-export, types included. */
function importRule(findFault) {
  return {
    create(context) {
      const place = findPackage(context.filename);
      if (place === undefined) return {};
      const check = (node, source) => {
        if (source === null || source === undefined) return;
        const message =
          typeof source.value === 'string'
            ? findFault(context.filename, place, source.value)
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
}

export default {
  meta: { name: 'keepfit' },
  rules: { 'import-arrows': importRule(checkPackage), 'room-arrows': importRule(checkRoom) },
};
