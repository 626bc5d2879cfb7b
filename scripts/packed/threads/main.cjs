const { cpuBackend } = require('@keepfit/backend-cpu');
const { threads } = require('@keepfit/engine-threads');
const fit = require('@keepfit/fit');
const layers = require('@keepfit/layers');
const tfjsLayers = require('@tensorflow/tfjs-layers');
const { compare } = require('./compare.mjs');

compare({ layers, fit, threads, tfjsLayers, cpuBackend }).then((result) => console.log(result));
