import type { LayerConfig } from './layer-roles.js';

/** A layer with weights of its own, as a file of Keras describes it. */
export interface KerasLayer {
  readonly className: string;
  /** Undefined if the file has weights only. */
  readonly config?: LayerConfig;
  /** The models and wrappers around it, then itself. */
  readonly parts: readonly Part[];
  /** Where Keras 3 keeps its weights in a file: `layers/dense/`. */
  readonly place: string;
}

/** A part of a layer's path. */
export interface Part {
  readonly name: string;
  /** Set for models. Keras puts only the names of Sequential models into paths. */
  readonly kind?: 'sequential' | 'functional';
}

/** Keras' name of the cell that a recurrent layer makes for itself, and its class. */
export const CELLS: Readonly<Record<string, { readonly name: string; readonly className: string }>> = {
  SimpleRNN: { name: 'simple_rnn_cell', className: 'SimpleRNNCell' },
  LSTM: { name: 'lstm_cell', className: 'LSTMCell' },
  GRU: { name: 'gru_cell', className: 'GRUCell' },
  ConvLSTM2D: { name: 'conv_lstm_cell', className: 'ConvLSTM2DCell' },
};

export const STACKED = 'stacked_rnn_cells';

/** The name of the layer itself, for messages; a cell goes by the name of its layer. */
export function getLayerName({ parts }: KerasLayer): string {
  const names = parts.filter(({ kind }) => kind === undefined).map(({ name }) => name);
  return names.join('/') || (parts.at(-1)?.name ?? '');
}

/** Keras' path of a layer in the model; with `qualified`, behind the names of all models around it. */
export function joinParts(parts: readonly Part[], qualified: boolean): string {
  return parts
    .filter(({ kind }, index) => kind === undefined || (qualified ? index > 0 : kind === 'sequential'))
    .map(({ name }) => name)
    .join('/');
}
