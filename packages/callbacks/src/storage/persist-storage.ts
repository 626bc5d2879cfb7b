/**
 * Asks the browser to keep this site's data until the user deletes them, and resolves to whether it does. Best called when the user
 * has pressed a button: Firefox asks the user; Chromium and Safari decide by how much the site is used. In a page only, not in a worker;
 * where the platform cannot be asked, false.
 */
export async function persistStorage(): Promise<boolean> {
  const { navigator } = globalThis as { navigator?: { storage?: StorageManager } };
  return (await navigator?.storage?.persist?.()) ?? false;
}
