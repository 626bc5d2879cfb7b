// Checks the types of the tarballs that it is given, for every way to resolve a package: node10, node16 as ESM and
// as CommonJS, bundlers. One process for all, because loading TypeScript takes most of a check. It blocks its
// thread, so it is a program.
import { readFile } from 'node:fs/promises';
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';

const wrong = [];
for (const tarball of process.argv.slice(2)) {
  const result = await checkPackage(createPackageFromTarballData(new Uint8Array(await readFile(tarball))));
  if (result.types === false) wrong.push({ tarball, problems: 'it has no types' });
  else if (result.problems.length > 0) wrong.push({ tarball, problems: result.problems });
}
if (wrong.length > 0) {
  console.error(JSON.stringify(wrong, undefined, 2));
  process.exitCode = 1;
}
