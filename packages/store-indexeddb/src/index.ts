export { indexedDBStore } from './indexeddb-store.js';
