// In a process of its own: tfjs-node makes itself the backend of whoever imports it.
// @vitest-environment node
// @vitest-environment-options {"process": "node-conformance"}
import { nodeBackend } from '@keepfit/backend-node';
import { backendConformance } from '@keepfit/fit/testing';
import { test } from 'vitest';
import { sampleTests } from '../../../test/setup/sample.js';
import { hasAddon } from './helpers/has-addon.js';

backendConformance({
  test: hasAddon ? sampleTests(test, 4) : test.skip,
  backend: () => nodeBackend(),
  stock: () => import('@tensorflow/tfjs-node'),
});
