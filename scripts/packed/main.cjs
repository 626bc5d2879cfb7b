const backendCpu = require('@keepfit/backend-cpu');
const callbacks = require('@keepfit/callbacks');
const fit = require('@keepfit/fit');
const storeFs = require('@keepfit/store-fs');
const tf = require('@tensorflow/tfjs-core');
const { train } = require('./train.cjs');

train({ tf, callbacks, fit, storeFs, backendCpu }, process.argv[2], process.argv[3]).then((result) =>
  console.log(JSON.stringify(result)),
);
