import { env } from '@tensorflow/tfjs-core';

/** Sets flags of tfjs, and returns what gives them their former values. */
export function setFlags(flags: Readonly<Record<string, boolean>>): () => void {
  const former = Object.keys(flags).map((name) => [name, env().getBool(name)] as const);
  for (const [name, value] of Object.entries(flags)) env().set(name, value);
  return () => {
    for (const [name, value] of former) env().set(name, value);
  };
}
