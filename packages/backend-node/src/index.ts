export { nodeBackend } from './node-backend.js';
