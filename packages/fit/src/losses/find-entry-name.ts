import { KeepfitError } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';

/**
 * Finds the name in `names` by any of its spellings: in snake case, in camel case, as a class
 * ('MeanSquaredError') or by an alias. `kind` is the word for messages: 'loss', 'metric'.
 *
 * @throws KEEPFIT_INVALID_OPTION when there is no such name; the message lists those there are.
 */
export function findEntryName<Name extends string>(
  kind: string,
  asked: string,
  names: readonly Name[],
  aliases: Readonly<Record<string, Name>>,
): Name {
  const folded = typeof asked === 'string' ? foldCase(asked) : '';
  const found =
    names.find((name) => foldCase(name) === folded) ??
    (Object.hasOwn(aliases, folded) ? aliases[folded] : undefined);
  if (found !== undefined) return found;
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `there is no ${kind} ${formatValue(asked)}; there is ${names.join(', ')}`,
  );
}

const foldCase = (name: string): string => name.replaceAll('_', '').toLowerCase();
