import type { Report } from '../messages.js';
import { getElement } from './elements.js';
import { formatSize } from './wording.js';

/** Shows how fast the training is, how much memory its tensors take, and who computes; dashes without figures. */
export function showFigures(figures: Extract<Report, { kind: 'figures' }> | undefined): void {
  write('speed', figures?.batchesPerSecond && `${formatSpeed(figures.batchesPerSecond)} batches/s`);
  write('memory', figures && `${formatSize(figures.bytes)} in ${figures.tensors} tensors`);
  write('threads', figures && (figures.workers === 0 ? '1 (this page)' : String(figures.workers)));
}

function write(id: string, text: string | number | undefined): void {
  getElement(id, HTMLElement).textContent = text ? String(text) : '–';
}

function formatSpeed(speed: number): string {
  return speed < 10 ? speed.toFixed(1) : String(Math.round(speed));
}
