/** `tfjs-backend-wasm.wasm` of tfjs, compressed by gzip, in base64. The build puts it here; the sources have none. */
export const packed = '';
