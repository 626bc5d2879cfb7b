/** Elementwise arithmetic that repeats the shorter operand. Sizes are counts of elements. */
export type BinaryExport = (
  a: number,
  sizeA: number,
  b: number,
  sizeB: number,
  y: number,
  size: number,
) => void;

/** The exports of the module of assembly/, where each is described. Addresses and steps are in bytes. */
export interface SimdExports {
  pack(
    from: number,
    kStep: number,
    nStep: number,
    depth: number,
    columns: number,
    to: number,
    panelStep: number,
  ): void;
  product(
    a: number,
    aRow: number,
    aK: number,
    panels: number,
    c: number,
    cRow: number,
    rows: number,
    columns: number,
    depth: number,
    scratch: number,
  ): void;
  convolve(
    x: number,
    offsets: number,
    panels: number,
    y: number,
    pixels: number,
    columns: number,
    inner: number,
    outer: number,
    outerStep: number,
    taps: number,
    tapStep: number,
    bias: number,
    relu: number,
    scratch: number,
  ): void;
  transformFilter(panels: number, depth: number, panelCount: number, to: number): void;
  convolveSquares(
    x: number,
    row: number,
    filter: number,
    y: number,
    height: number,
    width: number,
    depth: number,
    columns: number,
    bias: number,
    relu: number,
    scratch: number,
  ): void;
  filterGradient(
    x: number,
    offsets: number,
    stepX: number,
    stepY: number,
    dy: number,
    height: number,
    width: number,
    gradient: number,
    rows: number,
    columns: number,
    add: number,
    scratch: number,
  ): void;
  addFilterPlanes(
    x: number,
    row: number,
    image: number,
    dy: number,
    images: number,
    height: number,
    width: number,
    depth: number,
    columns: number,
    sums: number,
    add: number,
    scratch: number,
  ): void;
  combineFilterPlanes(sums: number, depth: number, columns: number, gradient: number): void;
  copyRows(from: number, fromStep: number, to: number, toStep: number, length: number, rows: number): void;
  readonly add: BinaryExport;
  readonly subtract: BinaryExport;
  readonly multiply: BinaryExport;
  readonly divide: BinaryExport;
  tanh(x: number, y: number, size: number): void;
  tanhGradient(dy: number, y: number, dx: number, size: number): void;
  sigmoidGradient(dy: number, y: number, dx: number, size: number): void;
  clipGradient(dy: number, x: number, dx: number, size: number, low: number, high: number): void;
  reluGradient(dy: number, x: number, dx: number, size: number, max: number): void;
  leakyReluGradient(dy: number, x: number, dx: number, size: number, alpha: number): void;
  squareGradient(dy: number, x: number, dx: number, size: number): void;
  greaterGradient(
    dy: number,
    a: number,
    sizeA: number,
    b: number,
    sizeB: number,
    dx: number,
    size: number,
    orEqual: number,
  ): void;
  batchNormInputGradient(
    dy: number,
    rows: number,
    columns: number,
    inverse: number,
    scale: number,
    dx: number,
  ): void;
  batchNormSums(
    dy: number,
    x: number,
    rows: number,
    columns: number,
    mean: number,
    inverse: number,
    scale: number,
    dMean: number,
    dVariance: number,
    dScale: number,
    dOffset: number,
    sums: number,
  ): void;
  addBias(y: number, rows: number, columns: number, bias: number, relu: number): void;
  scatterColumns(
    products: number,
    offsets: number,
    taps: number,
    dx: number,
    pixels: number,
    tapCount: number,
    channels: number,
  ): void;
  adam(
    weight: number,
    gradient: number,
    first: number,
    second: number,
    newWeight: number,
    newFirst: number,
    newSecond: number,
    size: number,
    beta1: number,
    beta2: number,
    rest1: number,
    rest2: number,
    correction1: number,
    correction2: number,
    epsilon: number,
    rate: number,
  ): void;
  sgd(weight: number, gradient: number, newWeight: number, size: number, step: number): void;
  momentum(
    weight: number,
    gradient: number,
    accumulation: number,
    newWeight: number,
    newAccumulation: number,
    size: number,
    factor: number,
    step: number,
    nesterov: number,
  ): void;
  rmsprop(
    weight: number,
    gradient: number,
    squares: number,
    moments: number,
    newWeight: number,
    newSquares: number,
    newMoments: number,
    size: number,
    decay: number,
    rest: number,
    factor: number,
    epsilon: number,
    rate: number,
  ): void;
  sumColumns(x: number, rows: number, columns: number, y: number, scale: number, sums: number): void;
  addColumnSums(x: number, rows: number, columns: number, sums: number): void;
  putColumnSums(sums: number, columns: number, y: number): void;
  sumRows(x: number, rows: number, columns: number, y: number, scale: number): void;
  maxPool(x: number, height: number, width: number, channels: number, y: number, ...window: PoolWindow): void;
  maxPoolGradient(
    x: number,
    height: number,
    width: number,
    channels: number,
    dy: number,
    dx: number,
    ...window: PoolWindow
  ): void;
  scaleColumns(
    x: number,
    rows: number,
    columns: number,
    mean: number,
    factor: number,
    offset: number,
    y: number,
  ): void;
}

export type PoolWindow = [
  outHeight: number,
  outWidth: number,
  height: number,
  width: number,
  strideY: number,
  strideX: number,
  top: number,
  left: number,
];
