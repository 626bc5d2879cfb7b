import type { Result } from './measure-model.js';
import type { Spread } from './spread.js';

/** A result in a few lines of text. */
export function report({ model, megaflops, keepfit, stock, cpu, ceiling, kernels }: Result): string {
  const rate = megaflops / keepfit.median;
  const lines = [
    model,
    `  keepfit      ${ms(keepfit)} a step, ${rate.toFixed(1)} GFLOP/s, ${((100 * rate) / ceiling.median).toFixed(0)} % of a packed matmul's`,
    `  tfjs         ${typeof stock === 'string' ? `cannot: ${stock}` : `${ms(stock)} a step; keepfit takes ${ratio(keepfit, stock)} of it`}`,
  ];
  if (cpu !== undefined) lines.push(`  keepfit, cpu ${ms(cpu)} a step; wasm takes ${ratio(keepfit, cpu)} of it`);
  lines.push(`  packed matmul ${ceiling.median.toFixed(1)} GFLOP/s (${ceiling.low.toFixed(1)} to ${ceiling.high.toFixed(1)})`);
  lines.push(`  longest kernels: ${kernels.map(([kernel, time]) => `${kernel} ${time.toFixed(2)} ms`).join(', ')}`);
  return lines.join('\n');
}

function ms({ median, low, high }: Spread): string {
  return `${median.toFixed(2)} ms (${low.toFixed(2)} to ${high.toFixed(2)})`;
}

function ratio(a: Spread, b: Spread): string {
  return (a.median / b.median).toFixed(2);
}
