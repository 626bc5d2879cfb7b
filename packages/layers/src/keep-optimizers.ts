import type { OwnStepChoices } from './compile-options.js';

type Given = Partial<OwnStepChoices>;

/**
 * Gives a step of the user's own the optimizers that it had: one by name keeps its state while the name of its phase
 * and its own name stay. What is not valid stays as it is, and is refused when the step is planned.
 *
 * @param former What was given before.
 * @param made The optimizers that were made for it, by the names of their phases.
 */
export function keepOptimizers(given: Given, former: Given, made: Readonly<Record<string, unknown>>): Given {
  const names = listOptimizers(former);
  const keep = (name: unknown, optimizer: unknown): unknown =>
    typeof name === 'string' && typeof optimizer === 'string' && names.get(name) === optimizer
      ? made[name]
      : optimizer;
  const { phases, optimizers } = given;
  return {
    ...given,
    ...(Array.isArray(phases) && {
      phases: phases.map((phase) => withOptimizer(phase, (own) => keep(phase.name, own))),
    }),
    ...(isRecord(optimizers) && {
      optimizers: Object.fromEntries(
        Object.entries(optimizers).map(([name, item]) => [
          name,
          typeof item === 'string' ? keep(name, item) : withOptimizer(item, (own) => keep(name, own)),
        ]),
      ),
    }),
  } as Given;
}

/** The optimizers as they were given, by the names of their phases. */
function listOptimizers({ phases, optimizers }: Given): ReadonlyMap<unknown, unknown> {
  return new Map<unknown, unknown>([
    ...(phases ?? []).map(({ name, optimizer }) => [name, optimizer] as const),
    ...Object.entries(optimizers ?? {}).map(([name, item]) => {
      return [name, isRecord(item) && 'optimizer' in item ? item['optimizer'] : item] as const;
    }),
  ]);
}

/** The same with another optimizer; its methods too, if it has a class of its own. */
function withOptimizer(item: unknown, replace: (optimizer: unknown) => unknown): unknown {
  if (!isRecord(item) || typeof item['optimizer'] !== 'string') return item;
  const copy: unknown = Object.create(Object.getPrototypeOf(item) as object | null);
  return Object.assign(copy as object, item, { optimizer: replace(item['optimizer']) });
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
