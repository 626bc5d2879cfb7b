/** The functions of `writeTrigonometry`, by the names of tfjs' kernels. */
export const TRIGONOMETRY = ['Sin', 'Cos', 'Tan'] as const;

export type Trigonometric = (typeof TRIGONOMETRY)[number];

/**
 * pi/2 in three parts: the product of the first two and a whole number up to 2^13 is exact in single
 * precision.
 */
const QUARTER = ['1.5703125', '0.0004837512969970703125', '0.00000007549789948768648'];

/**
 * Writes the statements of a shader that put the sine, cosine or tangent of `x` into `result`. They are right
 * to about 1e-7 for numbers up to some thousands. A shader's own functions may be wrong by 1e-3, and are
 * wrong by 1e-4 in software. The polynomials are from Cephes, sinf.c and cosf.c.
 *
 * @param declare the keyword that declares a variable: 'float' in GLSL, 'let' in WGSL
 */
export function writeTrigonometry(name: Trigonometric, declare: 'float' | 'let'): string {
  const [first, second, third] = QUARTER;
  return [
    ['quarter', 'floor(x * 0.636619772367581 + 0.5)'],
    ['rest', `((x - quarter * ${first}) - quarter * ${second}) - quarter * ${third}`],
    ['square', 'rest * rest'],
    [
      'sine',
      '((-0.00019515295891 * square + 0.0083321608736) * square - 0.16666654611) * square * rest + rest',
    ],
    [
      'cosine',
      '((0.00002443315711809948 * square - 0.001388731625493765) * square + 0.04166664568298827) * square * square - 0.5 * square + 1.0',
    ],
    // The cosine is the sine of a quarter more.
    ['turn', name === 'Cos' ? 'quarter + 1.0' : 'quarter'],
    ['odd', 'turn - 2.0 * floor(turn * 0.5)'],
    ['under', 'floor(turn * 0.5) - 2.0 * floor(turn * 0.25)'],
    ['along', 'odd * cosine + (1.0 - odd) * sine'],
    [
      'result',
      name === 'Tan' ? 'along / ((1.0 - odd) * cosine - odd * sine)' : '(1.0 - 2.0 * under) * along',
    ],
  ]
    .map(([variable, value]) => `${declare} ${variable} = ${value};`)
    .join('\n');
}
