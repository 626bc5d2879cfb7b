/** What every metric takes beside its own options. */
export interface MetricOptions {
  /** The metric's key in the logs.  @default Keras' name for it, such as "auc" */
  readonly name?: string;
}
