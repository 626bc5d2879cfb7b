// @vitest-environment node
// @vitest-environment-options {"process": "documents"}
import { expect, test } from 'vitest';
import { findDocuments, QUICK, testBlocksRun, writeDocuments } from './documents/documents.js';

const documents = findDocuments();

writeDocuments(documents);
testBlocksRun(documents.filter(({ name }) => QUICK.test(name)));

test('there are documents with code', () => expect(documents.map(({ name }) => name)).toContain('README.md'));
