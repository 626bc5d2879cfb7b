/**
 * The user's choices before training. They also go into the checkpoint, so that a backup tells its settings.
 */
export interface Settings {
  readonly model: ModelKind;
  readonly backend: BackendKind;
  readonly digits: number;
  readonly epochs: number;
  /** Batches between two backups. */
  readonly saveFreq: number;
  /** 0 for the thread of the training itself. It changes no bit, so a resume may use another number. */
  readonly workers: number;
}

export const modelKinds = ['dense', 'convnet', 'wide'] as const;
export type ModelKind = (typeof modelKinds)[number];

export const backendKinds = ['webgpu', 'webgl', 'wasm', 'cpu'] as const;
export type BackendKind = (typeof backendKinds)[number];

export const storeKinds = ['indexeddb', 'opfs'] as const;
export type StoreKind = (typeof storeKinds)[number];

export const standardSettings: Settings = {
  model: 'convnet',
  backend: 'wasm',
  digits: 4000,
  epochs: 5,
  saveFreq: 20,
  workers: 0,
};

/** The key of the backup in every store. */
export const BACKUP = 'digits';
export const BATCH_SIZE = 32;
