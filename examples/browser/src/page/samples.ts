import { getElement } from './elements.js';

const SIDE = 28;

/** Draws the test digits. */
export function showImages(pixels: Float32Array, labels: Int32Array): void {
  const items = Array.from(labels, (label, index) => {
    const item = document.createElement('li');
    item.dataset['label'] = String(label);
    const caption = document.createElement('span');
    caption.textContent = '…';
    item.append(drawImage(pixels.subarray(index * SIDE * SIDE, (index + 1) * SIDE * SIDE), label), caption);
    return item;
  });
  getElement('samples', HTMLUListElement).replaceChildren(...items);
}

/** Shows the network's prediction below each digit, and how sure it is. */
export function showPredictions(probabilities: Float32Array): void {
  const items = getElement('samples', HTMLUListElement).querySelectorAll('li');
  const classes = probabilities.length / Math.max(1, items.length);
  items.forEach((item, index) => {
    const own = probabilities.subarray(index * classes, (index + 1) * classes);
    const best = own.indexOf(Math.max(...own));
    const caption = item.querySelector('span');
    if (caption === null) return;
    const isRight = String(best) === item.dataset['label'];
    caption.className = isRight ? 'right' : 'wrong';
    caption.textContent = `${best} ${isRight ? '✓' : '✗'} ${Math.round(100 * (own[best] ?? 0))}\u202F%`;
  });
}

function drawImage(pixels: Float32Array, label: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = SIDE;
  canvas.height = SIDE;
  canvas.role = 'img';
  canvas.ariaLabel = `a handwritten ${label}`;
  const rgba = new Uint8ClampedArray(4 * pixels.length);
  pixels.forEach((grey, index) => rgba.set([255 * grey, 255 * grey, 255 * grey, 255], 4 * index));
  canvas.getContext('2d')?.putImageData(new ImageData(rgba, SIDE), 0, 0);
  return canvas;
}
