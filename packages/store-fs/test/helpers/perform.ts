import type { Answer, Request } from './starter-run.js';

/** Performs a request on the files, and returns its answer. */
export function perform(
  request: Request,
  paths: Map<string, string>,
  texts: Map<string, string>,
  hasLinks: boolean,
  isRunning: (pid: number) => boolean,
): Answer {
  switch (request.name) {
    case 'pause':
    case 'hold':
      return {};
    case 'findProcess':
      return { runs: isRunning(request.pid) };
    case 'readdir':
      return { names: [...paths.keys()].sort().map((path) => path.slice('/runs/'.length)) };
    case 'create':
      if (paths.has(request.path)) return { error: 'EEXIST' };
      paths.set(request.path, request.file);
      texts.set(request.file, '');
      return {};
    case 'write':
      texts.set(request.file, request.text);
      return {};
    default:
      return performOnFile(request, paths, texts, hasLinks);
  }
}

function performOnFile(
  request: Extract<Request, { name: 'lstat' | 'read' | 'unlink' | 'rename' | 'link' }>,
  paths: Map<string, string>,
  texts: ReadonlyMap<string, string>,
  hasLinks: boolean,
): Answer {
  const file = paths.get(request.path);
  if (request.name === 'link' && !hasLinks) return { error: 'EPERM' };
  if (file === undefined) return { error: 'ENOENT' };
  switch (request.name) {
    case 'lstat':
      return {};
    case 'read':
      return { text: texts.get(file) ?? '' };
    case 'link':
      if (paths.has(request.to)) return { error: 'EEXIST' };
      paths.set(request.to, file);
      return {};
    case 'rename':
      paths.set(request.to, file);
      paths.delete(request.path);
      return {};
    case 'unlink':
      paths.delete(request.path);
      return {};
  }
}
