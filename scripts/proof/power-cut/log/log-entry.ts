/**
 * One event below the file system: a write, whose bytes lie `at` a place of the data file, a flush, which
 * made all earlier writes durable, or a mark of the program above.
 */
export type LogEntry =
  | { readonly kind: 'write'; readonly offset: number; readonly length: number; readonly at: number }
  | { readonly kind: 'flush' }
  | { readonly kind: 'mark'; readonly text: string };
