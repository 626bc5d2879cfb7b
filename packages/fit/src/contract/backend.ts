/** A tfjs backend made fit for training. */
export interface Backend {
  readonly name: string;
  /**
   * The kernels and their version. They go into the checkpoint because another version may round differently.
   */
  readonly kernels: string;
  /**
   * Makes this the backend of tfjs. Resolves false if this machine cannot run it; nothing is changed then.
   */
  start(): Promise<boolean>;
  /**
   * Restores everything that `start` replaced, tfjs' own kernels above all. The tfjs backend and its tensors
   * stay.
   */
  stop(): void;
}
