// A service worker that trains when its page says so, and answers what it has done so far.
importScripts('tf.min.js', 'tf-backend-wasm.min.js', 'keepfit.script.js', 'program.js');

let state = { kind: 'idle' };
addEventListener('install', () => skipWaiting());
addEventListener('activate', (event) => event.waitUntil(clients.claim()));
addEventListener('message', (event) => {
  if (event.data === 'train' && state.kind === 'idle') event.waitUntil(answer());
  event.source.postMessage(state);
});

async function answer() {
  state = { kind: 'training', epoch: -1 };
  try {
    const trained = await train('circle', (epoch) => (state = { kind: 'training', epoch }));
    state = { kind: 'trained', ...trained };
  } catch (error) {
    state = { kind: 'failed', message: error.message };
  }
}
