import * as tf from '@tensorflow/tfjs-core';

interface TapeNode {
  readonly inputs: Readonly<Record<string, { readonly id: number }>>;
  readonly outputs: readonly { readonly id: number }[];
}

/**
 * Puts each node of the gradient tape behind those that make its inputs. Call at the end of a forward pass.
 *
 * An operation like `tanh` keeps a copy of its output for its gradient, and tfjs 4.22 notes this copy before the
 * operation itself. A gradient of that gradient then does not find the way from the copy to the output, and is wrong
 * without an error.
 */
export function orderTape(): void {
  const state = tf.engine().state as unknown as { activeTape: readonly TapeNode[] | null | undefined };
  const tape = state.activeTape ?? [];
  const makers = new Map(tape.flatMap(({ outputs }, index) => outputs.map(({ id }) => [id, index] as const)));
  const behind = new Map<number, TapeNode[]>();
  const rest = tape.map((node, index) => {
    const last = Math.max(index, ...Object.values(node.inputs).map(({ id }) => makers.get(id) ?? 0));
    if (last > index) behind.set(last, [...(behind.get(last) ?? []), node]);
    return last > index ? [] : [node];
  });
  if (behind.size > 0)
    state.activeTape = rest.flatMap((nodes, index) => [...nodes, ...(behind.get(index) ?? [])]);
}
