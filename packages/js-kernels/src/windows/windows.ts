/** Elements from one index of a tensor to the next. */
export interface Strides {
  readonly batch: number;
  readonly depth: number;
  readonly row: number;
  readonly column: number;
  readonly channel: number;
}

/** The windows that a convolution or a pooling takes of its input, one for each output position. Flat images have a depth of 1. */
export interface Windows {
  readonly batchSize: number;
  readonly inChannels: number;
  readonly outChannels: number;
  readonly inDepth: number;
  readonly inHeight: number;
  readonly inWidth: number;
  readonly outDepth: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly filterDepth: number;
  readonly filterHeight: number;
  readonly filterWidth: number;
  readonly strideDepth: number;
  readonly strideHeight: number;
  readonly strideWidth: number;
  readonly dilationDepth: number;
  readonly dilationHeight: number;
  readonly dilationWidth: number;
  readonly padFront: number;
  readonly padTop: number;
  readonly padLeft: number;
  readonly input: Strides;
  readonly output: Strides;
}
