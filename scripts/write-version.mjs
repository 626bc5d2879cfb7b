// After `changeset version`: copies the version in the package.json of @keepfit/callbacks to the source that
// writes it into checkpoints.
import { readFileSync, writeFileSync } from 'node:fs';

const callbacks = new URL('../packages/callbacks/', import.meta.url);
const { version } = JSON.parse(readFileSync(new URL('package.json', callbacks), 'utf8'));
const file = new URL('src/version.ts', callbacks);
const source = readFileSync(file, 'utf8');
const written = source.replace(/(version = ')[^']*'/, `$1${version}'`);
if (!written.includes(`'${version}'`)) throw new Error(`no version found in ${file.pathname}`);
writeFileSync(file, written);
