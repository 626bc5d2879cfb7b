// The page of transfer learning. The training is in train.ts.
import { indexedDBStore } from '@keepfit/store-indexeddb';
import { digestTraining } from '../digest-training.js';
import { collectCurve, type Curve } from './collect-curve.js';
import { drawChart } from './draw-chart.js';
import { loadDigits } from './load-digits.js';
import './style.css';
import { type Phase, trainTransfer } from './train.js';

const store = indexedDBStore('keepfit-transfer');
const query = new URLSearchParams(location.search);
const digits = readNumber('digits', 10_000);
const epochs = readNumber('epochs', 4);

const titles: Readonly<Record<Phase, string>> = {
  base: 'The digits 0 to 4',
  head: 'The digits 5 to 9, with frozen features',
};

getElement('restart').addEventListener('click', () => {
  // The page that is loaded then has no training that writes.
  sessionStorage.setItem('restart', 'yes');
  location.reload();
});

main().catch((error: unknown) => {
  setText('status', error instanceof Error ? error.message : String(error));
});

async function main(): Promise<void> {
  if (sessionStorage.getItem('restart') !== null) {
    for (const phase of ['base', 'head']) await store.delete(phase);
    sessionStorage.removeItem('restart');
  }
  setText('status', 'Loading the digits …');
  const data = await loadDigits(digits);
  const watch = (phase: Phase) => [collectCurve((curve, isResumed) => show(phase, curve, isResumed))];
  const { base, model } = await trainTransfer({ digits: data, epochs, store, watch });
  setText('status', 'Done. Open the page again: it shows this result. Start over to train again.');
  const [first, second] = [await digestTraining(base), await digestTraining(model)];
  setText(
    'digest',
    `SHA-256 of the weights: ${second.weights}; of both histories: ${first.history} ${second.history}`,
  );
}

function show(phase: Phase, curve: Curve, isResumed: boolean): void {
  const done = curve.accuracy.length;
  const last = curve.validation.at(-1)?.[1];
  const accuracy = last === undefined ? '' : `: right on ${(100 * last).toFixed(1)} % of others`;
  setText(`${phase}-title`, `${titles[phase]}${accuracy}`);
  getElement(`${phase}-chart`).innerHTML = drawChart(curve);
  setText('status', `${titles[phase]}: step ${done} of ${curve.steps}. Close the tab at any time.`);
  if (isResumed && done < curve.steps) setText('resumed', `Continued after step ${done} of ${curve.steps}.`);
}

function readNumber(name: string, standard: number): number {
  const value = Number(query.get(name) ?? standard);
  return Number.isInteger(value) && value > 0 ? value : standard;
}

function getElement(id: string): HTMLElement {
  const element = document.getElementById(id);
  if (element === null) throw new Error(`the page has no element ${id}`);
  return element;
}

function setText(id: string, text: string): void {
  getElement(id).textContent = text;
}
