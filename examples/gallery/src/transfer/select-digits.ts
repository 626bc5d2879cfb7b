/** Images of 28 × 28 pixels and their labels, one after the other. */
export interface Digits {
  /** Grey from 0 to 255. */
  readonly images: Uint8Array;
  readonly labels: Uint8Array;
}

const SIDE = 28;
const PIXELS = SIDE * SIDE;

/**
 * Takes the images of these digits: of the first four fifths for training, at most `limit` of them, and of the last
 * fifth for validation. The label of an image is the place of its digit in the list.
 */
export function selectDigits({ images, labels }: Digits, digits: readonly number[], limit = Infinity) {
  const split = Math.floor(0.8 * labels.length);
  const places = Array.from(labels.keys()).filter((place) => digits.includes(labels[place] ?? -1));
  const toArrays = (chosen: readonly number[]) => {
    const data = new Float32Array(chosen.length * PIXELS);
    for (const [index, place] of chosen.entries())
      for (let pixel = 0; pixel < PIXELS; pixel++)
        data[index * PIXELS + pixel] = (images[place * PIXELS + pixel] ?? 0) / 255;
    const numbers = Int32Array.from(chosen, (place) => digits.indexOf(labels[place] ?? -1));
    return {
      x: { data, shape: [chosen.length, SIDE, SIDE, 1] },
      y: { data: numbers, shape: [chosen.length] },
    };
  };
  return {
    training: toArrays(places.filter((place) => place < split).slice(0, limit)),
    validation: toArrays(places.filter((place) => place >= split)),
  };
}
