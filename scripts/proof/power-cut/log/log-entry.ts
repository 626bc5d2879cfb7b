/**
 * What happened below the file system, in order: a write of bytes that lie `at` a place of the data file, a flush that made all writes
 * before it durable, or a mark of the program above.
 */
export type LogEntry =
  | { readonly kind: 'write'; readonly offset: number; readonly length: number; readonly at: number }
  | { readonly kind: 'flush' }
  | { readonly kind: 'mark'; readonly text: string };
