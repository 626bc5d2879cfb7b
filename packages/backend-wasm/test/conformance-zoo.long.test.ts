import { wasmBackend } from '@keepfit/backend-wasm';
import { zooConformance } from '../../fit/test/helpers/zoo-conformance.js';

zooConformance(() => wasmBackend());
