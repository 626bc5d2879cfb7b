import { layers, sequential } from '@tensorflow/tfjs-layers';
import { adam, BackupAndRestore, fit, seeded, useBackend } from 'keepfit';
import { wasmBackend } from '@keepfit/backend-wasm';
import type { TrainOptions } from './example.js';
import { readData } from './read-data.js';

/** How many days the forecast looks back. */
const WINDOW = 30;
const COLUMNS = ['temp_max', 'temp_min', 'precipitation', 'wind'] as const;
const TARGET = COLUMNS.indexOf('temp_max');

/** Forecasts tomorrow's highest temperature from the last days, better than "as today". */
export async function trainSeries({ epochs, samples, store, callbacks = [] }: TrainOptions) {
  await useBackend(wasmBackend());
  const days = (await readWeather()).slice(0, samples);
  // The last quarter, a whole year of the four, is for validation.
  const split = Math.floor(0.75 * days.length);
  const spread = COLUMNS.map((_, column) =>
    measureSpread(days.slice(0, split).map((day) => day[column] ?? 0)),
  );
  const scaled = days.map((day) =>
    spread.map(({ mean, deviation }, column) => ((day[column] ?? 0) - mean) / deviation),
  );
  const training = cutWindows(scaled, WINDOW, split);
  const validation = cutWindows(scaled, split, days.length);

  const model = seeded(7, buildModel);
  model.compile({ optimizer: adam({ learningRate: 0.003 }), loss: 'meanSquaredError', metrics: ['mae'] });
  const { history } = await fit(model, training.x, training.y, {
    epochs,
    batchSize: 32,
    seed: 7,
    validationData: [validation.x, validation.y],
    callbacks: [new BackupAndRestore(store, { saveFreq: 5 }), ...callbacks],
  });

  const degrees = spread[TARGET]?.deviation ?? NaN;
  const naive = days
    .slice(split)
    .map((day, index) => (day[TARGET] ?? 0) - (days[split + index - 1]?.[TARGET] ?? 0));
  console.log(
    `Mean error of the forecast: ${(degrees * (history['val_mae']?.at(-1) ?? NaN)).toFixed(2)} °C.`,
  );
  console.log(`Mean error of "as today": ${average(naive.map(Math.abs)).toFixed(2)} °C.`);
  return model;
}

function buildModel() {
  return sequential({
    layers: [
      layers.lstm({ units: 16, inputShape: [WINDOW, COLUMNS.length] }),
      layers.dropout({ rate: 0.2 }),
      layers.dense({ units: 1 }),
    ],
  });
}

/** Each day from `begin` to before `end` with the days before it: x [days, WINDOW, columns], y [days, 1]. */
function cutWindows(days: readonly (readonly number[])[], begin: number, end: number) {
  const targets = Array.from({ length: end - begin }, (_, index) => begin + index);
  const x = targets.flatMap((day) => days.slice(day - WINDOW, day).flat());
  const y = targets.map((day) => days[day]?.[TARGET] ?? 0);
  return {
    x: { data: Float32Array.from(x), shape: [targets.length, WINDOW, COLUMNS.length] },
    y: { data: Float32Array.from(y), shape: [targets.length, 1] },
  };
}

/** Reads the daily weather of Seattle from 2012 to 2015: the columns of each day. */
async function readWeather(): Promise<readonly (readonly number[])[]> {
  const [head = '', ...lines] = (await readData('vega-datasets', '../data/seattle-weather.csv'))
    .trim()
    .split('\n');
  const places = COLUMNS.map((column) => head.split(',').indexOf(column));
  return lines.map((line) => places.map((place) => Number(line.split(',')[place])));
}

function measureSpread(values: readonly number[]) {
  const mean = average(values);
  return { mean, deviation: Math.sqrt(average(values.map((value) => (value - mean) ** 2))) };
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
