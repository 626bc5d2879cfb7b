import * as tf from '@tensorflow/tfjs-core';

/** Functions whose rounding a shader language leaves open, of a number `u` and a positive number `p`. */
const FUNCTIONS = [
  'exp(u)',
  'log(p)',
  'sqrt(p)',
  '1.0 / sqrt(p)',
  'u / p',
  'pow(p, u)',
  'tanh(u)',
  // A compiler may round a product and a sum once or twice.
  '((u * p + 0.3) * p - u) * u + p',
];

/** The numbers that each function is computed of. */
const NUMBERS = 64;

/**
 * Names the arithmetic of a GPU: eight hexadecimal digits for the bits of functions that may be rounded in
 * more than one way. Browsers hide the driver, and WebGPU often the GPU too. Whatever changes their
 * arithmetic also changes this name.
 *
 * @param declare the keyword that declares a variable: 'float' in GLSL, 'let' in WGSL
 * @param run computes for each number `x` of a tensor the `result` that these statements make of it
 */
export async function digestArithmetic(
  declare: 'float' | 'let',
  run: (statements: string, x: tf.Tensor) => tf.TensorInfo,
): Promise<string> {
  const results = tf.tidy(() => {
    // A whole number of sixteens chooses the function, and the rest is its argument.
    const x = Float32Array.from(
      { length: FUNCTIONS.length * NUMBERS },
      (_, i) => 16 * Math.floor(i / NUMBERS) + (((i * 37) % NUMBERS) * 5) / NUMBERS,
    );
    return tf.engine().makeTensorFromTensorInfo(run(writeFunctions(declare), tf.tensor1d(x)));
  });
  try {
    return hashBits((await results.data()) as Float32Array);
  } finally {
    results.dispose();
  }
}

function writeFunctions(declare: string): string {
  const chosen = FUNCTIONS.map((of, index) => `(1.0 - min(abs(kind - ${index}.0), 1.0)) * (${of})`);
  return [
    ['kind', 'floor(x * 0.0625)'],
    ['u', 'x - 16.0 * kind - 2.3'],
    ['p', 'abs(u) + 0.7'],
    ['result', chosen.join(' + ')],
  ]
    .map(([variable, value]) => `${declare} ${variable} = ${value};`)
    .join('\n');
}

/** FNV-1a. */
function hashBits(values: Float32Array): string {
  const hash = new Uint8Array(values.slice().buffer).reduce(
    (sum, byte) => Math.imul(sum ^ byte, 0x01000193) >>> 0,
    0x811c9dc5,
  );
  return hash.toString(16).padStart(8, '0');
}
