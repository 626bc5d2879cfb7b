/** Whether two sums have the same bits. A NaN equals any NaN, because machines write it in several ways. */
export function isSameSum(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true;
  if (typeof one !== 'object' || typeof other !== 'object' || one === null || other === null) return false;
  if (Object.getPrototypeOf(one) !== Object.getPrototypeOf(other)) return false;
  if (ArrayBuffer.isView(one)) return isSameArray(one as Float32Array, other as Float32Array);
  const [names, others] = [Object.keys(one), Object.keys(other)];
  return (
    names.length === others.length &&
    names.every((name) => Object.hasOwn(other, name) && isSameSum(one[name as never], other[name as never]))
  );
}

function isSameArray(one: Float32Array, other: Float32Array): boolean {
  return one.length === other.length && one.every((value, at) => Object.is(value, other[at]));
}
