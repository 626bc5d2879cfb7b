// @keepfit/store-indexeddb as the program in the frame imports it: the page is told the names of the stores, so
// that it can forget their backups.
import { indexedDBStore as openStore } from '@keepfit/store-indexeddb';
import { report } from '../frame/report.js';

export * from '@keepfit/store-indexeddb';

export const indexedDBStore: typeof openStore = (name) => {
  report({ kind: 'store', name });
  return openStore(name);
};
