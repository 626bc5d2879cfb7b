import { storeConformance } from '@keepfit/callbacks/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { triesAll } from '../../../test/setup/sample.js';
import { s3Store } from '../src/index.js';
import { createKillableSubjects, createSubjects, isForCeph, supports } from './helpers/create-subjects.js';
import { type S3Server, startS3Server } from './helpers/s3-server.js';
import { shortenWaits } from './helpers/short-waits.js';

let server: S3Server;
let restoreWaits: () => void;
beforeAll(async () => {
  restoreWaits = shortenWaits();
  server = await startS3Server();
});
afterAll(async () => {
  restoreWaits();
  await server.close();
});

const make = createSubjects(() => server);
const makeKillable = createKillableSubjects(() => server.url);
storeConformance({
  test: (name, run) => (triesAll || !isForCeph(name)) && test(name, run),
  make,
  makeFaulty: make,
  makeKillable,
  supports,
  manyKeys: 150,
});

test.each([
  [{}, /s3Store needs the option url: the address of a bucket/],
  [{ url: 'https://b.test' }, /s3Store needs the option fetch: a function that signs/],
  [{ url: 'b.test', fetch }, /url of s3Store must be the address of a bucket.*, not "b\.test"/],
  [{ url: 'https://b.test/?sig=secret', fetch }, /url of s3Store must be/],
  [{ url: 'https://me:secret@b.test/', fetch }, /url of s3Store must be/],
  [{ url: 'https://b.test', fetch, prefix: 'runs' }, /prefix of s3Store must be folders/],
  [{ url: 'https://b.test', fetch, prefix: '../' }, /prefix of s3Store must be folders/],
  [
    { url: 'https://b.test', fetch, ttl: 30 },
    /ttl of s3Store must be a number of ms of at least 100, not 30/,
  ],
  [
    { url: 'https://b.test', fetch, dialect: 'azure' },
    /dialect of s3Store must be 's3' or 'gcs', not "azure"/,
  ],
  [{ url: 'https://b.test', fetch, thread: './renew.js' }, /thread of s3Store must be a function/],
  [{ url: 'https://b.test', fetch, region: 'eu' }, /s3Store has no option "region"/],
])('refuses the options %j', (options, message) => {
  expect(() => s3Store(options as never)).toThrow(message);
});

test('is named by its bucket and prefix', () => {
  expect(s3Store({ url: 'https://b.test/', fetch, prefix: 'runs/a/' }).name).toBe(
    's3Store("https://b.test/runs/a/")',
  );
});
