/** The reports of the frame to the page. */
export type Report =
  /** The frame waits for its program. */
  | { readonly kind: 'ready' }
  | { readonly kind: 'print'; readonly text: string }
  /** The backups of the program are in an IndexedDB of this name. */
  | { readonly kind: 'store'; readonly name: string }
  | { readonly kind: 'curve'; readonly curve: PlaygroundCurve }
  /** A fit has ended with these weights, as their SHA-256. */
  | { readonly kind: 'weights'; readonly digest: string }
  | { readonly kind: 'done' }
  | { readonly kind: 'error'; readonly message: string };

/** The loss over the training steps: while it trains, and in the validations. */
export interface PlaygroundCurve {
  readonly steps: readonly number[];
  readonly loss: readonly number[];
  readonly validationSteps: readonly number[];
  readonly validationLoss: readonly number[];
}

/** The order of the page to the frame: run this program. */
export interface RunOrder {
  readonly program: string;
}
