import assert from 'node:assert/strict';
import { run } from './run.mjs';

/**
 * The doors of a package share their classes and the state of their modules, as ESM and as CommonJS: a name
 * that several doors export is one value, or a class and its subclass.
 * @param project the folder of a project in which all are installed
 */
export async function checkDoors(packages, project) {
  for (const { name, entries } of packages.filter(({ entries: doors }) => doors.length > 1)) {
    const paths = entries.map((entry) => name + entry.slice(1));
    const program = `const require = process.getBuiltinModule('node:module').createRequire(process.cwd() + '/');
const copies = [];
const extendsOther = (a, b) => Object.getPrototypeOf(a) === b;
for (const load of [(path) => import(path), require]) {
  const values = new Map();
  for (const path of ${JSON.stringify(paths)}) {
    for (const [key, value] of Object.entries(await load(path))) {
      const other = values.get(key) ?? value;
      if (other !== value && !extendsOther(other, value) && !extendsOther(value, other)) copies.push(path + ' ' + key);
      values.set(key, value);
    }
  }
}
console.log(JSON.stringify(copies));`;
    const printed = await run(process.execPath, ['--no-warnings', '--input-type=module', '--eval', program], {
      cwd: project,
    });
    assert.deepEqual(
      JSON.parse(printed.trim().split('\n').at(-1)),
      [],
      `${name} exports one name as different values`,
    );
  }
}
