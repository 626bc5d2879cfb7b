import type { StoreUnderTest } from '@keepfit/callbacks/testing';
import { indexedDBStore } from '../../src/index.js';
import { deleteDatabase } from './raw-database.js';

const names: string[] = [];

export function newName(): string {
  const name = `keepfit-${crypto.randomUUID()}`;
  names.push(name);
  return name;
}

/** A store on a new database, for the conformance kit. */
export function newSubject(): StoreUnderTest {
  const name = newName();
  return {
    store: indexedDBStore(name),
    reopen: () => indexedDBStore(name),
    wipe: () => deleteDatabase(name),
    loseLock: (key) =>
      navigator.locks.request(`keepfit:indexeddb:${name}:${key}`, { steal: true }, () => undefined),
  };
}

/** Deletes the databases that a test has made. */
export async function deleteDatabases(): Promise<void> {
  for (const name of names.splice(0)) await deleteDatabase(name);
}
