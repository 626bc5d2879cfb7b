// The page around the frame in which the program runs: the lines, the buttons, the curve and the output.
import 'uplot/dist/uPlot.min.css';
import './style.css';
import { indexedDBStore } from '@keepfit/store-indexeddb';
import { Chart } from '../../../browser/src/page/chart.js';
import { getElement } from '../../../browser/src/page/elements.js';
import type { PlaygroundCurve, Report } from '../messages.js';
import { recall, remember } from './memory.js';
import { findSyntaxError, standardProgram } from './program.js';
import { applyTheme } from './theme.js';

/** Lines of output that are kept. */
const MOST_LINES = 500;
const NO_CURVE: PlaygroundCurve = { steps: [], loss: [], validationSteps: [], validationLoss: [] };

applyTheme();
getElement('unserved', HTMLElement).remove();
const code = getElement('code', HTMLTextAreaElement);
const output = getElement('output', HTMLPreElement);
const chart = new Chart(getElement('loss', HTMLElement), 'Loss');
let frame: HTMLIFrameElement | undefined;
let weights = '';
let steps = 0;
let lines: string[] = [];

code.value = recall().program ?? standardProgram;
code.addEventListener('input', () => remember({ program: code.value }));
on('run', run);
on('kill', () => {
  end();
  say(`Killed after batch ${steps}. Press Run, or close the tab and open it again before you do.`);
});
on('start-over', () => void forget());
on('reset', () => {
  code.value = standardProgram;
  remember({ program: standardProgram });
});
addEventListener('message', ({ data, source }: MessageEvent<Report>) => {
  if (frame !== undefined && source === frame.contentWindow) show(data);
});
if (recall().isRunning) run();
else say('Ready.');

function run(): void {
  end();
  showError('');
  output.textContent = '';
  lines = [];
  weights = '';
  steps = 0;
  draw(NO_CURVE);
  const fault = findSyntaxError(code.value);
  if (fault !== undefined) {
    say('Not run.');
    return showError(fault);
  }
  remember({ isRunning: true });
  frame = document.createElement('iframe');
  frame.hidden = true;
  frame.title = 'The running program';
  frame.src = 'frame.html';
  document.body.append(frame);
  setRunning(true);
  say('Starting …');
}

/** Ends the program wherever it is. */
function end(): void {
  frame?.remove();
  frame = undefined;
  remember({ isRunning: false });
  setRunning(false);
}

function show(report: Report): void {
  switch (report.kind) {
    case 'ready':
      return frame?.contentWindow?.postMessage({ program: code.value }, location.origin);
    case 'print':
      return print(report.text);
    case 'store':
      return remember({ stores: [...new Set([...(recall().stores ?? []), report.name])] });
    case 'curve':
      return draw(report.curve);
    case 'weights':
      weights = report.digest;
      return;
    case 'done':
      end();
      return say(weights === '' ? 'Done.' : `Done. SHA-256 of all weights: ${weights}`);
    case 'error':
      end();
      say('The program has ended with an error.');
      return showError(report.message);
  }
}

function print(text: string): void {
  lines = [...lines, ...text.split('\n')].slice(-MOST_LINES);
  output.textContent = lines.join('\n');
  output.scrollTop = output.scrollHeight;
  if (text.startsWith('Resumed at ')) say(text);
  else if (getElement('status', HTMLElement).textContent === 'Starting …') say('Running.');
}

function draw({ steps: at, loss, validationSteps, validationLoss }: PlaygroundCurve): void {
  steps = at.at(-1) ?? 0;
  chart.showTraining({ steps: at, values: loss });
  chart.showValidation({ steps: validationSteps, values: validationLoss });
}

/** Deletes the backups of all programs that ran in this page. */
async function forget(): Promise<void> {
  end();
  showError('');
  try {
    for (const name of recall().stores ?? []) {
      const store = indexedDBStore(name);
      for (const key of await store.keys()) await store.delete(key);
    }
    draw(NO_CURVE);
    say('There is no backup: the next run starts from scratch.');
  } catch (error) {
    showError(String(error));
  }
}

function setRunning(isRunning: boolean): void {
  getElement('run', HTMLButtonElement).disabled = isRunning;
  getElement('kill', HTMLButtonElement).disabled = !isRunning;
  getElement('reset', HTMLButtonElement).disabled = isRunning;
  code.readOnly = isRunning;
}

function showError(message: string): void {
  const box = getElement('error', HTMLDivElement);
  box.hidden = message === '';
  box.textContent = message;
}

function say(text: string): void {
  getElement('status', HTMLElement).textContent = text;
}

function on(id: string, listener: () => void): void {
  getElement(id, HTMLElement).addEventListener('click', listener);
}
