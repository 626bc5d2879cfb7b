// With "?wait" in its address the page waits in the middle to be closed.
import { indexedDBStore } from '@keepfit/store-indexeddb';
import { train } from './train.mjs';

const wait = () => {
  globalThis.state = 'waiting';
  return new Promise(() => {});
};
train(indexedDBStore('bundled'), location.search === '?wait' ? wait : undefined).then(
  (result) => (globalThis.state = result),
  (error) => (globalThis.state = String(error?.stack ?? error)),
);
