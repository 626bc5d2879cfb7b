// From one place, because each import is an object of its own in CommonJS, and the state of folders is kept by file system.
export * as nodeFs from 'node:fs/promises';
