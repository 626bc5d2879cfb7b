import type { StateRecord } from '@keepfit/callbacks';
import type { CallPlan, PreparedCalls } from './call-plan.js';

/** A tfjs backend made fit for training. */
export interface Backend {
  readonly name: string;
  /**
   * The kernels, their version and everything else that changes a bit of a result, such as SIMD or the GPU.
   * Known at the latest when `start` has resolved. They go into the checkpoint because other kernels may round
   * differently.
   */
  readonly kernels: string;
  /**
   * The options that it was made with, as plain data, from which another thread makes the same.
   *
   * @default none
   */
  readonly options?: StateRecord;
  /**
   * The ops whose gradients of keepfit were verified with the kernels of this backend, by the name of the
   * kernel that computes the op forward (`AvgPool`), or `all`. For every other op, tfjs' own gradient is used:
   * keepfit's presume what the gradient kernels of tfjs' JavaScript backends do.
   *
   * @default `all` on tfjs' cpu, wasm, webgl and webgpu, with whose kernels they were verified; none on others
   */
  readonly verifiedGradients?: 'all' | readonly string[];
  /**
   * Makes this the backend of tfjs. Resolves false if this machine cannot run it; nothing is changed then.
   * It must not call `useBackend`, which would wait for it.
   */
  start(): Promise<boolean>;
  /**
   * Restores everything that `start` replaced, tfjs' own kernels above all. The tfjs backend and its tensors
   * stay.
   */
  stop(): void;
  /**
   * Prepares the kernel calls of a recorded step, which run many times on memory that changes. Returns undefined if
   * the kernels are to be called as always. The results must have the bits that the kernels give.
   *
   * @default the kernels are called as always
   */
  prepareCalls?(plan: CallPlan): PreparedCalls | undefined;
}
