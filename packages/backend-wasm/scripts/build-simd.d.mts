/** The text of src/simd/simd-module.ts. */
export function simdModuleText(): Promise<string>;
