/** What a browser says of the room for this site's data, in bytes. All sites' figures are rough on purpose. */
export interface StorageRoom {
  /** Used by this site. */
  readonly used: number;
  /** What it may use in all: a share of the disk, not what is free on it. */
  readonly quota: number;
  /** What is left of the quota. A checkpoint of n bytes needs 2 n, since the old one stays until the new one is whole. */
  readonly free: number;
  /** Whether the browser keeps the data until the user deletes them; else it may delete them when room is short, or the site unused. */
  readonly persistent: boolean;
}

/** How much room this site has, or undefined where the platform does not tell: in Node, or on a page that is no secure context. */
export async function storageRoom(): Promise<StorageRoom | undefined> {
  const { navigator } = globalThis as { navigator?: { storage?: StorageManager } };
  if (navigator?.storage?.estimate === undefined) return undefined;
  const { usage = 0, quota = 0 } = await navigator.storage.estimate();
  return {
    used: usage,
    quota,
    free: Math.max(0, quota - usage),
    persistent: await navigator.storage.persisted(),
  };
}
