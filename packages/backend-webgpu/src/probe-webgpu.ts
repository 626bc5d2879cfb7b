/** The part of WebGPU's adapter that the probe reads. */
interface Adapter {
  readonly isFallbackAdapter?: boolean;
  readonly info?: { readonly [Name in 'vendor' | 'architecture' | 'device' | 'description']?: string } & {
    readonly isFallbackAdapter?: boolean;
  };
}

interface Gpu {
  requestAdapter(options: { powerPreference: 'high-performance' }): Promise<Adapter | null>;
}

/** Probes WebGPU on this machine: none, computed by a GPU, or computed by software. */
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
