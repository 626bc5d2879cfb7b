/** Lists an object and all that it inherits from, the nearest first. */
export function listPrototypes(object: object): object[] {
  const parent = Object.getPrototypeOf(object) as object | null;
  return [object, ...(parent === null ? [] : listPrototypes(parent))];
}
