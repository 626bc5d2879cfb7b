/** A tfjs backend made fit for training. */
export interface Backend {
  readonly name: string;
  /** Which kernels compute, and in which version. Goes into the checkpoint: another version may round otherwise. */
  readonly kernels: string;
  /** Makes this the backend of tfjs. Resolves false where this machine cannot run it; nothing is left changed then. */
  start(): Promise<boolean>;
  /** Puts back what `start` replaced, tfjs' own kernels above all. The tfjs backend and the tensors on it stay. */
  stop(): void;
}
