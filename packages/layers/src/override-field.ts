/** Gives an object, such as a layer, another value of a field or method for now. Returns what undoes it. */
export function overrideField(object: object, key: string, value: unknown): () => void {
  const own = Object.getOwnPropertyDescriptor(object, key);
  Object.defineProperty(object, key, { value, configurable: true, enumerable: true, writable: true });
  return () => {
    // Without a field of its own, the object uses that of its class again.
    if (own === undefined) Reflect.deleteProperty(object, key);
    else Object.defineProperty(object, key, own);
  };
}
