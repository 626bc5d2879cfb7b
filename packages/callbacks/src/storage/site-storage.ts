/** The storage quota of this site as the browser reports it, in bytes. All figures are rough on purpose. */
export interface StorageRoom {
  /** Used by this site. */
  readonly used: number;
  /** The total that the site may use: a share of the disk, not its free space. */
  readonly quota: number;
  /**
   * The rest of the quota. A checkpoint of n bytes needs 2 n, since the old one stays until the new one is
   * complete.
   */
  readonly free: number;
  /**
   * Whether the browser keeps the data until the user deletes them; otherwise it may delete them when space
   * is short, or the site unused.
   */
  readonly persistent: boolean;
}

/**
 * The storage of this site, or undefined if the platform does not tell: in Node, or in a page without a
 * secure context.
 */
export async function getStorageRoom(): Promise<StorageRoom | undefined> {
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

/**
 * Asks the browser to keep this site's data until the user deletes them, and resolves to whether it does.
 * Call it when the user presses a button: Firefox asks the user; Chromium and Safari decide by how much the
 * site is used. Works in a page only, not in a worker. Resolves to false if the platform has no such request.
 */
export async function persistStorage(): Promise<boolean> {
  const { navigator } = globalThis as { navigator?: { storage?: StorageManager } };
  return (await navigator?.storage?.persist?.()) ?? false;
}
