import { KeepfitError } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';

/**
 * The name in `names` that is meant by any of its spellings: in snake case, as a class ('MeanSquaredError'), in camel case, or by
 * an alias. Throws KEEPFIT_INVALID_OPTION with the names there are. `kind` is for the message: 'loss', 'metric'.
 */
export function entryNamed<Name extends string>(
  kind: string,
  asked: string,
  names: readonly Name[],
  aliases: Readonly<Record<string, Name>>,
): Name {
  const folded = typeof asked === 'string' ? folding(asked) : '';
  const found =
    names.find((name) => folding(name) === folded) ??
    (Object.hasOwn(aliases, folded) ? aliases[folded] : undefined);
  if (found !== undefined) return found;
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `there is no ${kind} ${formatValue(asked)}; there is ${names.join(', ')}`,
  );
}

const folding = (name: string): string => name.replaceAll('_', '').toLowerCase();
