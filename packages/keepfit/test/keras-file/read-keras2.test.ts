import { expect, test } from 'vitest';
import type { Hdf5File } from '../../src/keras-file/hdf5.js';
import { readKeras2 } from '../../src/keras-file/read-keras2.js';

type Config = Record<string, unknown>;
const layer = (class_name: string, config: Config) => ({ class_name, config });
const dense = (name: string, trainable: boolean) => layer('Dense', { name, trainable });
const norm = (name: string) => layer('BatchNormalization', { name, trainable: true });
const model = (name: string, ...layers: unknown[]) => layer('Sequential', { name, layers });

/** A file with one group; each value tells the place of its weight in the group. */
function createFile(
  group: string,
  names: readonly string[],
  config?: unknown,
  shapes: readonly (readonly number[])[] = [],
): Hdf5File {
  const attributes: Record<string, string | string[]> = {
    '/layer_names': [group],
    [`${group}/weight_names`]: [...names],
    ...(config !== undefined && { '/model_config': JSON.stringify(config) }),
  };
  return {
    list: async () => undefined,
    getAttribute: async (path, name) => attributes[`${path}/${name}`],
    readArray: async (path) => {
      const index = names.indexOf(path.slice(group.length + 1));
      return { dtype: 'float32', shape: shapes[index] ?? [], bytes: Uint8Array.of(index) };
    },
  };
}

/** The paths of the weights, each at its place in the group, and whether their order is known. */
async function read(group: string, names: readonly string[], config?: unknown) {
  const file = createFile(group, names, config === undefined ? undefined : model('top', config));
  const { tensors, metadata } = await readKeras2(file, () => undefined);
  const paths: string[] = [];
  for (const [path, { bytes }] of tensors) paths[bytes[0]!] = path;
  return { paths, order: [...tensors.keys()], knowsOrder: 'keras.order' in metadata };
}

const weights = (...layers: string[]) => layers.flatMap((name) => [`${name}/kernel:0`, `${name}/bias:0`]);
const cells = (...names: string[]) =>
  names.flatMap((name) => ['kernel', 'recurrent_kernel', 'bias'].map((role) => `${name}/${role}`));

test('finds the weights of frozen layers, which come last, by their names', async () => {
  const inner = model('inner', dense('a', false), norm('n'), dense('b', true));
  const moving = ['n/moving_mean:0', 'n/moving_variance:0'];
  const names = ['n/gamma:0', 'n/beta:0', ...weights('b', 'a'), ...moving];
  const { paths, order } = await read('td', names, layer('TimeDistributed', { name: 'td', layer: inner }));
  expect(paths.map((path) => path.replace(/.*\/(?=\w+\/)/, '') + ':0')).toEqual(names);
  expect(order.map((path) => path.split('/').at(-2)).join('')).toBe('aannnnbb');
});

test('finds the weights of a frozen direction, and of a frozen cell', async () => {
  const lstm = layer('LSTM', { name: 'lstm' });
  const both = layer('Bidirectional', { name: 'both', layer: lstm });
  const directions = cells('both/backward_lstm/lstm_cell', 'both/forward_lstm/lstm_cell');
  expect((await read('both', directions, both)).paths.map((path) => path.replace('top/', ''))).toEqual(
    directions,
  );
  const stack = layer('StackedRNNCells', {
    name: 'stacked_rnn_cells',
    cells: [layer('LSTMCell', { name: 'lstm_cell' }), layer('LSTMCell', { name: 'lstm_cell_1' })],
  });
  const stacked = cells('rnn/stacked_rnn_cells/lstm_cell_1', 'rnn/stacked_rnn_cells/lstm_cell');
  const { paths } = await read('rnn', stacked, layer('RNN', { name: 'rnn', cell: stack }));
  expect(paths.map((path) => path.replace('top/', ''))).toEqual(stacked);
  const alone = await read('rnn', stacked);
  expect([alone.paths, alone.knowsOrder]).toEqual([stacked, false]);
  const ordered = await read('both', directions);
  expect([ordered.order[0], ordered.knowsOrder]).toEqual(['both/forward_lstm/lstm_cell/kernel', true]);
});

test('gives an order that may be wrong only if shapes would show it', async () => {
  const names = weights('td/a', 'td/b');
  const knows = async (...shapes: number[][]) => {
    const { metadata } = await readKeras2(createFile('td', names, undefined, shapes), () => undefined);
    return Object.keys(metadata);
  };
  expect(await knows([2, 3], [3], [3, 2], [2])).toEqual(['keras.likelyOrder']);
  expect(await knows([2, 3], [3], [3, 3], [3])).toEqual([]);
});

test('trusts the order of layers with other names only if it is certain', async () => {
  const build = (isFrozen: boolean) => model('inner', dense('a', !isFrozen), norm('n'), dense('b', true));
  const names = ['', '', 'gamma', 'beta', '', '', 'moving_mean', 'moving_variance'].map(
    (role, index) => `x${index >> 1}/${role || ['kernel', 'bias'][index % 2]}`,
  );
  const { paths } = await read('inner', names, build(false));
  expect(paths.map((path) => path.split('/').at(-2)).join('')).toBe('aannbbnn');
  await expect(read('inner', names, build(true))).rejects.toThrow(
    'the layer "inner" holds several layers, and the file does not tell which weights belong to which; save the model as a .keras file',
  );
});
