/** The names of all files in a folder of the origin private file system, sorted. */
export async function fileNamesIn(dir: string): Promise<string[]> {
  const names: string[] = [];
  for await (const name of (
    (await folderOf(dir)) as FileSystemDirectoryHandle & { keys(): AsyncIterable<string> }
  ).keys())
    names.push(name);
  return names.sort();
}

/** A folder of the origin private file system, created if it is missing. */
export async function folderOf(dir: string): Promise<FileSystemDirectoryHandle> {
  let folder = await navigator.storage.getDirectory();
  for (const part of dir.split('/')) folder = await folder.getDirectoryHandle(part, { create: true });
  return folder;
}
