/** Images of batch × height × width × channels. */
export type ImageShape = readonly [batch: number, height: number, width: number, channels: number];
