import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { install } from './install.mjs';
import { installable } from './readme-example.mjs';
import { run } from './run.mjs';

/** Makes an empty project and installs all packages and the dependencies of the README's example. */
export async function installAll(root, tarballs, example, folder) {
  const names = new Set([...tarballs.map(({ name }) => name), ...example.installed]);
  // The command connects workers to NATS by a package that users install beside it.
  const others = ['@types/node@20', '@nats-io/transport-node@3'];
  await install(folder, [...installable([...names], tarballs, root), ...others]);
}

/**
 * Checks that a project has no type error, as ESM, as CommonJS and for a bundler. It imports every entry of
 * every package, uses the main ones, and has the README's example.
 */
export async function checkTypes(root, tarballs, example, folder, tsc) {
  const entries = tarballs.flatMap(({ name, entries: paths }) => paths.map((path) => name + path.slice(1)));
  const imports = entries.map((entry, index) => `import * as entry${index} from '${entry}';`);
  const source = `${imports.join('\n')}\nexport const all: object[] = [${entries.map((_, index) => `entry${index}`).join(', ')}];\n`;
  for (const extension of ['mts', 'cts']) {
    writeFileSync(join(folder, `entries.${extension}`), source);
    cpSync(join(root, 'scripts/packed/usage.ts'), join(folder, `usage.${extension}`));
  }
  writeFileSync(join(folder, 'example.mts'), example.code);
  for (const [module, moduleResolution] of [
    ['node16', 'node16'],
    ['esnext', 'bundler'],
  ]) {
    const options = {
      module,
      moduleResolution,
      target: 'es2022',
      strict: true,
      noEmit: true,
      skipLibCheck: false,
    };
    const config = join(folder, `tsconfig.${moduleResolution}.json`);
    const include = moduleResolution === 'bundler' ? ['*.mts'] : ['*.mts', '*.cts'];
    writeFileSync(
      config,
      JSON.stringify({
        compilerOptions: { ...options, lib: ['es2022', 'dom', 'dom.iterable'], types: ['node'] },
        include,
      }),
    );
    await compile(tsc, config, folder);
  }
}

/** Checks library declarations too, but only ours, because those of tfjs have errors. */
async function compile(tsc, config, cwd) {
  try {
    await run(process.execPath, [tsc, '-p', config, '--pretty', 'false'], { cwd });
  } catch (error) {
    const problems = error.message
      .split('\n')
      .filter((line) => /error TS\d+/.test(line) && !/^node_modules\/(?!@keepfit\/|keepfit\/)/.test(line));
    if (problems.length > 0) throw new Error(`${config}:\n${problems.join('\n')}`, { cause: error });
  }
}
