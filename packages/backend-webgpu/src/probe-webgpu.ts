/** As much of WebGPU's adapter as is looked at. */
interface Adapter {
  readonly isFallbackAdapter?: boolean;
  readonly info?: { readonly [Name in 'vendor' | 'architecture' | 'device' | 'description']?: string } & {
    readonly isFallbackAdapter?: boolean;
  };
}

interface Gpu {
  requestAdapter(options: { powerPreference: 'high-performance' }): Promise<Adapter | null>;
}

/** What WebGPU is like on this machine: none, one that a GPU computes, or one that is computed in software. */
export async function probeWebgpu(): Promise<{ kind: 'none' | 'gpu' | 'software'; adapter: string }> {
  const { navigator } = globalThis as { navigator?: { gpu?: Gpu } };
  // The adapter that tfjs will ask for.
  const adapter =
    (await navigator?.gpu?.requestAdapter({ powerPreference: 'high-performance' }).catch(() => null)) ??
    undefined;
  if (adapter === undefined) return { kind: 'none', adapter: '' };
  const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info ?? {};
  const names = [vendor, architecture, device, description].filter(Boolean).join(' ');
  return {
    kind: (isFallbackAdapter ?? adapter.isFallbackAdapter) ? 'software' : 'gpu',
    adapter: names || 'an unnamed adapter',
  };
}
