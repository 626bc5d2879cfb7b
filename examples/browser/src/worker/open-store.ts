import type { CheckpointStore } from 'keepfit';
import { indexedDBStore } from '@keepfit/store-indexeddb';
import { opfsStore } from '@keepfit/store-opfs';
import type { StoreKind } from '../training/settings.js';

export function openStore(kind: StoreKind): CheckpointStore {
  return kind === 'opfs' ? opfsStore('keepfit-digits') : indexedDBStore('keepfit-digits');
}
