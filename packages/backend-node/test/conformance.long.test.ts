// In a process of its own: tfjs-node makes itself the backend of whoever imports it.
// @vitest-environment node
// @vitest-environment-options {"process": "node-conformance-long"}
import { nodeBackend } from '@keepfit/backend-node';
import { backendConformance } from '@keepfit/fit/testing';
import { describe, test } from 'vitest';
import { zooConformance } from '../../fit/test/helpers/zoo-conformance.js';
import { hasAddon } from './helpers/has-addon.js';

describe.skipIf(!hasAddon)('with the addon', () => {
  backendConformance({
    test,
    backend: () => nodeBackend(),
    stock: () => import('@tensorflow/tfjs-node'),
  });
  zooConformance(() => nodeBackend());
});
