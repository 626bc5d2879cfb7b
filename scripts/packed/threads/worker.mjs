import '@keepfit/engine-threads/worker';
