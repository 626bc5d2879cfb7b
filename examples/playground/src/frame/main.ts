// Runs the program that the page sends, as a module, and reports all that it prints and how it ends. A new frame
// is made for each run, so that nothing of the last one is left.
import type { RunOrder } from '../messages.js';
import { describeError } from './describe-error.js';
import { report } from './report.js';

for (const method of ['log', 'info', 'warn', 'error'] as const) {
  const original = console[method].bind(console);
  console[method] = (...values: unknown[]) => {
    original(...values);
    report({ kind: 'print', text: values.map(formatValue).join(' ') });
  };
}
addEventListener('error', ({ error, message }) =>
  report({ kind: 'error', message: describeError(error ?? message) }),
);
addEventListener('unhandledrejection', ({ reason }) =>
  report({ kind: 'error', message: describeError(reason) }),
);
addEventListener(
  'message',
  ({ data, source }: MessageEvent<RunOrder>) => source === parent && void run(data.program),
);
report({ kind: 'ready' });

async function run(program: string): Promise<void> {
  const url = URL.createObjectURL(new Blob([program], { type: 'text/javascript' }));
  try {
    await import(/* @vite-ignore */ url);
    report({ kind: 'done' });
  } catch (error) {
    report({ kind: 'error', message: describeError(error) });
  }
}

function formatValue(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Error) return String(value);
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    // It refers to itself.
    return String(value);
  }
}
