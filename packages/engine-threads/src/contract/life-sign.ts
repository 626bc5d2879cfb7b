/**
 * The first message of a Web Worker: the name of a Web Lock that it holds as long as it lives. A browser reports no
 * worker that ends, but it frees its locks. Without locks, as in a page that is not secure, nothing is sent.
 */
export interface LifeSign {
  readonly kind: 'alive';
  readonly lock: string;
}

export function isLifeSign(message: unknown): message is LifeSign {
  return (message as Partial<LifeSign> | undefined)?.kind === 'alive';
}
