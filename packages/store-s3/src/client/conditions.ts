import { createNoTagError } from './answer-errors.js';

/** How a server names the content of an object, and how a PUT asks that it still be there. */
export interface Conditions {
  /** @throws KEEPFIT_STORE_FAILED when the header is missing. */
  readTag(name: string, headers: Headers): string;
  /** The headers of a PUT that must replace the content with this tag; undefined: nothing is there. */
  createHeaders(tag: string | undefined): Readonly<Record<string, string>>;
}

/** `s3`: If-Match and If-None-Match with ETags. `gcs`: the generations of Google Cloud Storage. */
export type Dialect = 's3' | 'gcs';

/** A form of conditions that a server accepts, as plain data. */
export interface ConditionForm {
  readonly dialect: Dialect;
  /** Around an ETag. */
  readonly quote: '"' | '';
}

/** Lists the forms that servers accept, the usual one first. Ceph compares an ETag in quotes with its own without. */
export function listForms(dialect: Dialect): readonly ConditionForm[] {
  return dialect === 's3'
    ? [
        { dialect, quote: '"' },
        { dialect, quote: '' },
      ]
    : [{ dialect, quote: '' }];
}

export function createConditions({ dialect, quote }: ConditionForm): Conditions {
  const readTag = getTagReader(dialect);
  if (dialect === 'gcs')
    return { readTag, createHeaders: (tag) => ({ 'x-goog-if-generation-match': tag ?? '0' }) };
  return {
    readTag,
    createHeaders: (tag): Readonly<Record<string, string>> =>
      tag === undefined ? { 'if-none-match': '*' } : { 'if-match': `${quote}${tag}${quote}` },
  };
}

export function getTagReader(dialect: Dialect): Conditions['readTag'] {
  const header = dialect === 's3' ? 'ETag' : 'x-goog-generation';
  return (name, headers) => {
    const tag = headers.get(header)?.replace(/^W\//, '').replaceAll('"', '');
    if (tag === undefined || tag === '') throw createNoTagError(name, header);
    return tag;
  };
}
