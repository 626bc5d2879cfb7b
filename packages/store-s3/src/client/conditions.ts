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

const createTagReader =
  (header: string): Conditions['readTag'] =>
  (name, headers) => {
    const tag = headers.get(header)?.replace(/^W\//, '').replaceAll('"', '');
    if (tag === undefined || tag === '') throw createNoTagError(name, header);
    return tag;
  };

const createEtagHeaders =
  (quote: string): Conditions['createHeaders'] =>
  (tag): Readonly<Record<string, string>> =>
    tag === undefined ? { 'if-none-match': '*' } : { 'if-match': `${quote}${tag}${quote}` };

/** Lists the forms that servers accept, the usual one first. Ceph compares an ETag in quotes with its own without. */
export function listForms(dialect: Dialect): readonly Conditions[] {
  const readTag = getTagReader(dialect);
  return dialect === 's3'
    ? ['"', ''].map((quote) => ({ readTag, createHeaders: createEtagHeaders(quote) }))
    : [{ readTag, createHeaders: (tag) => ({ 'x-goog-if-generation-match': tag ?? '0' }) }];
}

export function getTagReader(dialect: Dialect): Conditions['readTag'] {
  return createTagReader(dialect === 's3' ? 'ETag' : 'x-goog-generation');
}
