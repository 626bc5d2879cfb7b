/** Deletes a database; waits for every connection to it to close. */
export function deleteDatabase(name: string): Promise<void> {
  const request = indexedDB.deleteDatabase(name);
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve();
    request.onerror = () => reject(request.error as Error);
  });
}

/** Opens a database as another program would. */
export function openDatabase(name: string, version?: number): Promise<IDBDatabase> {
  const request = indexedDB.open(name, version);
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error as Error);
  });
}

/** Everything in the object store `pieces`, by place. */
export async function rawPieces(name: string): Promise<{ places: unknown[]; values: unknown[] }> {
  const opened = await openDatabase(name);
  const transaction = opened.transaction('pieces');
  const pieces = transaction.objectStore('pieces');
  const [places, values] = [pieces.getAllKeys(), pieces.getAll()];
  await new Promise((resolve) => (transaction.oncomplete = resolve));
  opened.close();
  return { places: places.result, values: values.result };
}
