/** One axis of an image and how it is resized, in the words of tfjs' operations. */
export interface ResizedAxis {
  readonly from: number;
  readonly to: number;
  readonly alignCorners: boolean;
  readonly halfPixelCenters: boolean;
}

/** Elements of the input for one of the output. */
export function ratio({ from, to, alignCorners }: ResizedAxis): number {
  return alignCorners && to > 1 ? (from - 1) / (to - 1) : from / to;
}
