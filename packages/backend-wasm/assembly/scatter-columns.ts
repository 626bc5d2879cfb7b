/**
 * Adds the products of one image's output pixels back to the input pixels they came from: the gradient of a
 * strided convolution. A tap's `channels` floats of pixel p go to `dx + load(offsets + 4 p) + tap's offset`.
 * dx is padded and begins at zero.
 */
export function scatterColumns(products: usize, offsets: usize, taps: usize, dx: usize, pixels: i32, tapCount: i32, channels: i32): void {
  for (let p = 0; p < pixels; p++) {
    const pixel = dx + <usize>load<u32>(offsets + (<usize>p << 2));
    for (let t = 0; t < tapCount; t++) {
      let to = pixel + <usize>load<u32>(taps + (<usize>t << 2));
      let n = channels;
      for (; n >= 4; n -= 4) {
        v128.store(to, f32x4.add(v128.load(to), v128.load(products)));
        to += 16;
        products += 16;
      }
      for (; n > 0; n--) {
        store<f32>(to, load<f32>(to) + load<f32>(products));
        to += 4;
        products += 4;
      }
    }
  }
}
