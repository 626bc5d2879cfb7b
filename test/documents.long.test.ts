// @vitest-environment node
// @vitest-environment-options {"process": "documents"}
import { findDocuments, QUICK, testBlocksRun, writeDocuments } from './documents/documents.js';

const pages = findDocuments().filter(({ name }) => !QUICK.test(name));

writeDocuments(pages);
testBlocksRun(pages);
