import { serialization } from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';

type LayerClass = {
  new (): ReturnType<typeof layers.dense>;
  readonly className: string;
  readonly prototype: object;
};

/** The classes that tfjs can make from a configuration: its own, and those that this process has registered. */
export function listClasses(): LayerClass[] {
  const { classNameMap } = serialization.SerializationMap.getMap();
  return Object.values(classNameMap).map(([cls]) => cls as unknown as LayerClass);
}
