import { findNearestName, foldCase } from './suggest-name.js';

/** Other words for the parts of a hook's name, as other libraries have them. */
const WORDS: readonly (readonly [other: RegExp, word: string])[] = [
  [/start(s|ed)?$|began$|begins$/, 'begin'],
  [/(finish|complete|stop|exit)(s|d|ed|es|ped)?$|done$/, 'end'],
  [/^on(training|fitting|fit)/, 'ontrain'],
  [/^on(validation|validate|valid|val|evaluation|evaluate|eval|testing)/, 'ontest'],
  [/^on(prediction|predicting)/, 'onpredict'],
  [/step/, 'batch'],
  [/^on(epoch|batch)s?$/, 'on$1end'],
];

/** Two typing errors. */
const MOST_EDITS = 2;

/**
 * The member of a callback that a method was meant to be, if its name looks like one: `on_epoch_end`,
 * `onEpochEnds`, `onValidationStart`. Undefined for any other name.
 */
export function findIntendedHook(name: string, members: readonly string[]): string | undefined {
  if (name.startsWith('_')) return undefined;
  const folded = foldCase(name);
  const same = members.find((member) => foldCase(member) === folded);
  if (same !== undefined || !folded.startsWith('on')) return same;
  const usual = WORDS.reduce((text, [other, word]) => text.replace(other, word), folded);
  const hooks = members.filter((member) => member.startsWith('on'));
  return findNearestName(folded, hooks, MOST_EDITS) ?? findNearestName(usual, hooks, 0);
}
