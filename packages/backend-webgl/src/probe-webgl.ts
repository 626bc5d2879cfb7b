/** Renderers that compute on the CPU, which browsers do not always own up to when they were told to use one. */
const SOFTWARE = /swiftshader|llvmpipe|softpipe|software|basic render/i;

/** What WebGL 2 is like on this machine: none, one that a GPU computes, or one that is computed in software. */
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
    // A browser that has the canvas and refuses the context: as good as none.
  }
  return null;
}

/** Gives the context back, for browsers allow only few at a time; what is left is what computes it. */
function releaseContext(gl: WebGL2RenderingContext): string {
  const names = gl.getExtension('WEBGL_debug_renderer_info');
  const renderer = String(gl.getParameter(names?.UNMASKED_RENDERER_WEBGL ?? gl.RENDERER));
  gl.getExtension('WEBGL_lose_context')?.loseContext();
  return renderer;
}
