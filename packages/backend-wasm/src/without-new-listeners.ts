type Listener = (...values: never[]) => void;

interface Emitter {
  listeners(event: string): Listener[];
  removeListener(event: string, listener: Listener): unknown;
}

const EVENTS = ['uncaughtException', 'unhandledRejection'] as const;

/** Matches a function that only throws its argument. */
const RETHROW = /^function\s*\((\w+)\)\s*\{.*\bthrow \1;?\s*[\s}]+$/s;

/**
 * Runs the start of an Emscripten module and removes the listeners that it leaves on Node's process: they end
 * the process at any unhandled rejection, even if other code caused it. Earlier listeners, and listeners of
 * other code, stay.
 */
export async function withoutNewListeners<Result>(start: () => Promise<Result>): Promise<Result> {
  const emitter = (globalThis as unknown as { process?: Partial<Emitter> }).process;
  if (!isEmitter(emitter)) return start();
  const before = EVENTS.map((event) => emitter.listeners(event));
  try {
    return await start();
  } finally {
    EVENTS.forEach((event, index) => {
      for (const listener of emitter.listeners(event)) {
        if (!before[index]?.includes(listener) && RETHROW.test(String(listener)))
          emitter.removeListener(event, listener);
      }
    });
  }
}

function isEmitter(value: Partial<Emitter> | undefined): value is Emitter {
  return typeof value?.listeners === 'function' && typeof value.removeListener === 'function';
}
