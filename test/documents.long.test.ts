// @vitest-environment node
// @vitest-environment-options {"process": "documents"}
import { findDocuments, testBlocksRun, writeDocuments } from './documents/documents.js';

const pages = findDocuments().filter(({ name }) => name.startsWith('docs/'));

writeDocuments(pages);
testBlocksRun(pages);
