/** Renderers that compute on the CPU. Browsers that were told to use one do not always report it. */
const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;

/** Probes WebGL 2 on this machine: none, computed by a GPU, or computed by software. */
export function probeWebgl(): { kind: 'none' | 'gpu' | 'software'; renderer: string } {
  const fast = createContext({ failIfMajorPerformanceCaveat: true });
  const gl = fast ?? createContext({ failIfMajorPerformanceCaveat: false });
  if (gl === null) return { kind: 'none', renderer: '' };
  const renderer = releaseContext(gl);
  return { kind: fast === null || SOFTWARE.test(renderer) ? 'software' : 'gpu', renderer };
}

function createContext(attributes: WebGLContextAttributes): WebGL2RenderingContext | null {
  try {
    if (typeof OffscreenCanvas === 'function')
      return new OffscreenCanvas(1, 1).getContext('webgl2', attributes);
    if (typeof document === 'object')
      return document.createElement('canvas').getContext('webgl2', attributes);
  } catch {
    // A browser that has the canvas but refuses the context has no WebGL.
  }
  return null;
}

/**
 * Releases the context, because browsers allow only a few at a time, and returns the name of the renderer.
 */
function releaseContext(gl: WebGL2RenderingContext): string {
  const names = gl.getExtension('WEBGL_debug_renderer_info');
  const renderer = String(gl.getParameter(names?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER));
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return renderer;
}
