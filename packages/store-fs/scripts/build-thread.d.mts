/** The text of src/thread/thread-text.ts. */
export function createThreadText(): Promise<string>;
