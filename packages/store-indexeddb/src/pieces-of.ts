/** Where the pieces of a key are, or of one version of it. An array sorts after any number or string. */
export function piecesOf(...place: [key: string, version?: string]): IDBKeyRange {
  return IDBKeyRange.bound(place, [...place, []]);
}
