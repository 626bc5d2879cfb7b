/** Steals a Web Lock, as a page may; resolves to the function that frees it. */
export function stealLock(name: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    navigator.locks
      .request(name, { steal: true }, () => new Promise<void>((free) => resolve(free)))
      .catch(reject);
  });
}
