import { run } from './run.mjs';

/**
 * Checks that a tarball has only the build, the README, the licence and the manifest: no path of the machine
 * that built it, and no name that npm does not know.
 */
export async function checkContents(tarball, { root, unpublished, isLibrary }) {
  const listed = await run('tar', ['-tzf', tarball], { cwd: '.' });
  const files = listed
    .trim()
    .split('\n')
    .map((file) => file.replace(/^package\//, ''));
  const strange = files.filter(
    (file) =>
      !/^(dist\/[\w.-]+\.(js|cjs|d\.ts|d\.cts|js\.map|cjs\.map)|README\.md|LICENSE|package\.json)$/.test(
        file,
      ) &&
      (isLibrary || !file.startsWith('template/')),
  );
  if (strange.length > 0) throw new Error(`these files do not belong into a package: ${strange.join(', ')}`);
  const missing = [
    'README.md',
    'LICENSE',
    'package.json',
    ...(isLibrary ? ['index.js', 'index.cjs', 'index.d.ts', 'index.d.cts'] : ['main.js']).map(
      (file) => `dist/${file}`,
    ),
  ].filter((file) => !files.includes(file));
  if (missing.length > 0) throw new Error(`these files are missing: ${missing.join(', ')}`);
  const manifest = JSON.parse(await run('tar', ['-xzOf', tarball, 'package/package.json'], { cwd: '.' }));
  const text = JSON.stringify(manifest);
  if (text.includes('workspace:') || text.includes('catalog:') || text.includes('keepfit:source')) {
    throw new Error(`package.json still speaks of the workspace: ${text}`);
  }
  const { devDependencies: _, ...installed } = manifest;
  await checkNames(tarball, JSON.stringify(installed), { root, unpublished });
}

async function checkNames(tarball, manifest, { root, unpublished }) {
  const text = await run('tar', ['-xzOf', tarball, '--exclude=package/package.json', '--exclude=*.map'], {
    cwd: '.',
  });
  const private_ = unpublished.filter((name) => `${manifest}${text}`.includes(name));
  if (private_.length > 0)
    throw new Error(`it speaks of packages that are not published: ${private_.join(', ')}`);
  if ((await run('tar', ['-xzOf', tarball], { cwd: '.' })).includes(root))
    throw new Error(`it holds paths of this machine (${root})`);
}
