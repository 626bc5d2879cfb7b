import { fromNodeProviderChain } from '@aws-sdk/credential-providers';
import { createContent } from '@keepfit/callbacks/testing';
import { AwsClient } from 'aws4fetch';
import { s3Store } from '../../src/index.js';

// The program of a process: it stores a checkpoint with the keys of the AWS SDK, and reads it.
const getCredentials = fromNodeProviderChain();
const store = s3Store({
  url: process.argv[2] ?? '',
  fetch: async (url, init) =>
    new AwsClient({ ...(await getCredentials()), service: 's3', retries: 0 }).fetch(url, init),
});
await store.set('backup', createContent(Uint8Array.of(1, 2)));
console.log(`${(await store.get('backup'))?.bytes}`);
