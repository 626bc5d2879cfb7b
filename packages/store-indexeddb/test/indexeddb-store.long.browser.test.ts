import { storeConformance } from '@keepfit/callbacks/testing';
import { afterEach, beforeEach, describe, test, vi } from 'vitest';
import { deleteDatabases, newSubject } from './helpers/new-subject.js';
import { refuseBlobs } from './helpers/refuse-blobs.js';

afterEach(async () => {
  vi.restoreAllMocks();
  await deleteDatabases();
});

describe('where Blobs are refused, as by WebKit in a private window', () => {
  beforeEach(refuseBlobs);

  storeConformance({
    test,
    make: newSubject,
    supports: { durable: true, fencing: true, locking: true },
    manyKeys: 20,
  });
});
