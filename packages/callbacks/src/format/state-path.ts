/** The keys and indices that lead from the root of a state to a value. */
export type StatePath = readonly (string | number)[];

/** Formats a path as in code: `state.callbacks[2].x`. */
export function formatPath(path: StatePath): string {
  let text = 'state';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else text += /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(step) ? `.${step}` : `[${JSON.stringify(step)}]`;
  }
  return text.length > 300 ? `${text.slice(0, 150)}…${text.slice(-149)}` : text;
}

/**
 * The name of the tensor that holds the value at a path, unique for each path: `state/callbacks/2/x`. As in
 * JSON pointers `~` becomes `~0` and `/` becomes `~1`; a lone surrogate, which UTF-8 cannot encode, becomes
 * `~` and its hex code.
 */
export function getTensorName(path: StatePath): string {
  return ['state', ...path.map(escapeStep)].join('/');
}

function escapeStep(step: string | number): string {
  return String(step)
    .replaceAll('~', '~0')
    .replaceAll('/', '~1')
    .replace(/\p{Surrogate}/gu, (lone) => `~${lone.charCodeAt(0).toString(16)}`);
}
