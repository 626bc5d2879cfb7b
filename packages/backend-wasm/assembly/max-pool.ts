/**
 * The greatest value of each window of one image, per channel; a NaN among them wins. Steps and offsets are
 * in pixels.
 */
export function maxPool(
  x: usize,
  height: i32,
  width: i32,
  channels: i32,
  y: usize,
  outHeight: i32,
  outWidth: i32,
  windowHeight: i32,
  windowWidth: i32,
  strideY: i32,
  strideX: i32,
  dilationY: i32,
  dilationX: i32,
  top: i32,
  left: i32,
): void {
  const pixel = <usize>channels << 2;
  const lowest = f32x4.splat(-Infinity);
  for (let oy = 0; oy < outHeight; oy++) {
    for (let ox = 0; ox < outWidth; ox++) {
      const y0 = oy * strideY - top;
      const x0 = ox * strideX - left;
      let n: usize = 0;
      for (; n + 16 <= pixel; n += 16) {
        let best = lowest;
        for (let i = 0; i < windowHeight; i++) {
          const iy = y0 + i * dilationY;
          if (<u32>iy >= <u32>height) continue;
          for (let j = 0; j < windowWidth; j++) {
            const ix = x0 + j * dilationX;
            if (<u32>ix < <u32>width) best = f32x4.max(best, v128.load(x + <usize>(iy * width + ix) * pixel + n));
          }
        }
        v128.store(y + n, best);
      }
      for (; n < pixel; n += 4) {
        let best: f32 = -Infinity;
        for (let i = 0; i < windowHeight; i++) {
          const iy = y0 + i * dilationY;
          if (<u32>iy >= <u32>height) continue;
          for (let j = 0; j < windowWidth; j++) {
            const ix = x0 + j * dilationX;
            if (<u32>ix < <u32>width) best = max<f32>(best, load<f32>(x + <usize>(iy * width + ix) * pixel + n));
          }
        }
        store<f32>(y + n, best);
      }
      y += pixel;
    }
  }
}

/**
 * Adds each window's dy to the position of the window's greatest value in one image: the first of equal ones,
 * or the first NaN if there is one. dx begins at zero.
 */
export function maxPoolGradient(
  x: usize,
  height: i32,
  width: i32,
  channels: i32,
  dy: usize,
  dx: usize,
  outHeight: i32,
  outWidth: i32,
  windowHeight: i32,
  windowWidth: i32,
  strideY: i32,
  strideX: i32,
  dilationY: i32,
  dilationX: i32,
  top: i32,
  left: i32,
): void {
  const pixel = <usize>channels << 2;
  for (let oy = 0; oy < outHeight; oy++) {
    for (let ox = 0; ox < outWidth; ox++) {
      const y0 = oy * strideY - top;
      const x0 = ox * strideX - left;
      let n: usize = 0;
      for (; n + 16 <= pixel; n += 16) {
        let best = f32x4.splat(-Infinity);
        let place = i32x4.splat(-1);
        for (let i = 0; i < windowHeight; i++) {
          const iy = y0 + i * dilationY;
          if (<u32>iy >= <u32>height) continue;
          for (let j = 0; j < windowWidth; j++) {
            const ix = x0 + j * dilationX;
            if (<u32>ix >= <u32>width) continue;
            const at = iy * width + ix;
            const value = v128.load(x + <usize>at * pixel + n);
            const first = i32x4.eq(place, i32x4.splat(-1));
            const becomesNaN = v128.and(f32x4.ne(value, value), f32x4.eq(best, best));
            const wins = v128.or(first, v128.or(f32x4.gt(value, best), becomesNaN));
            best = v128.bitselect(value, best, wins);
            place = v128.bitselect(i32x4.splat(at), place, wins);
          }
        }
        const gradient = v128.load(dy + n);
        for (let i = 0; i < windowHeight; i++) {
          const iy = y0 + i * dilationY;
          if (<u32>iy >= <u32>height) continue;
          for (let j = 0; j < windowWidth; j++) {
            const ix = x0 + j * dilationX;
            if (<u32>ix >= <u32>width) continue;
            const at = iy * width + ix;
            const target = dx + <usize>at * pixel + n;
            const share = v128.and(i32x4.eq(place, i32x4.splat(at)), gradient);
            v128.store(target, f32x4.add(v128.load(target), share));
          }
        }
      }
      for (; n < pixel; n += 4) {
        let best: f32 = -Infinity;
        let place = -1;
        for (let i = 0; i < windowHeight; i++) {
          const iy = y0 + i * dilationY;
          if (<u32>iy >= <u32>height) continue;
          for (let j = 0; j < windowWidth; j++) {
            const ix = x0 + j * dilationX;
            if (<u32>ix >= <u32>width) continue;
            const at = iy * width + ix;
            const value = load<f32>(x + <usize>at * pixel + n);
            if (place < 0 || value > best || (value !== value && best === best)) {
              best = value;
              place = at;
            }
          }
        }
        if (place >= 0) {
          const target = dx + <usize>place * pixel + n;
          store<f32>(target, load<f32>(target) + load<f32>(dy + n));
        }
      }
      dy += pixel;
    }
  }
}
