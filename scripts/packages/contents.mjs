import { run } from './run.mjs';

/** A tarball holds what is built, the README, the licence and the manifest, and no path of the machine that it was built on. */
export async function checkContents(tarball) {
  const listed = await run('tar', ['-tzf', tarball], { cwd: '.' });
  const files = listed.trim().split('\n').map((file) => file.replace(/^package\//, ''));
  const strange = files.filter((file) => !/^(dist\/[\w.-]+\.(js|cjs|d\.ts|d\.cts|js\.map|cjs\.map)|README\.md|LICENSE|package\.json)$/.test(file));
  if (strange.length > 0) throw new Error(`these files do not belong into a package: ${strange.join(', ')}`);
  const missing = ['README.md', 'LICENSE', 'package.json', 'dist/index.js', 'dist/index.cjs', 'dist/index.d.ts', 'dist/index.d.cts'].filter(
    (file) => !files.includes(file),
  );
  if (missing.length > 0) throw new Error(`these files are missing: ${missing.join(', ')}`);
  const manifest = JSON.parse(await run('tar', ['-xzOf', tarball, 'package/package.json'], { cwd: '.' }));
  const text = JSON.stringify(manifest);
  if (text.includes('workspace:') || text.includes('catalog:') || text.includes('keepfit:source')) {
    throw new Error(`package.json still speaks of the workspace: ${text}`);
  }
}
