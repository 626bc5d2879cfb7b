import { join } from 'node:path';
import type { DiskEvent } from './disk-log.js';

/** A state that a power cut may leave: files by path, with the last mark before it. */
export interface CrashState {
  readonly files: Readonly<Record<string, Buffer>>;
  readonly mark: string;
}

type Effect = Extract<DiskEvent, { kind: 'write' | 'cut' | 'names' }>;

/**
 * Of more effects than that, not every subset is tried, but each one alone, all but one, every prefix and
 * every suffix.
 */
const ALL_SUBSETS = 9;

/**
 * Lists every state that a power cut may leave, each once: at each instant, the synced effects and any of the
 * later ones. A write may be torn in two; missing bytes before its second half read as zeros.
 */
export function crashStates(events: readonly DiskEvent[]): CrashState[] {
  const states = new Map<string, CrashState>();
  let mark = '';
  for (let cut = 0; cut <= events.length; cut++) {
    const last = events[cut - 1];
    if (last?.kind === 'mark') mark = last.text;
    const past = events.slice(0, cut);
    const settled = new Set<DiskEvent>();
    const effects = past.flatMap((event, index) => {
      if (!isEffect(event)) return [];
      const pieces = torn(event);
      const isSettled = past.some(
        (sync) => sync.kind === 'sync' && sync.of === event.of && index < sync.until,
      );
      if (isSettled) for (const piece of pieces) settled.add(piece);
      return pieces;
    });
    for (const kept of selections(effects.filter((effect) => !settled.has(effect)))) {
      const files = filesAfter(effects.filter((effect) => settled.has(effect) || kept.has(effect)));
      states.set(JSON.stringify([mark, files]), { files, mark });
    }
  }
  return [...states.values()];
}

function isEffect(event: DiskEvent): event is Effect {
  return event.kind === 'write' || event.kind === 'cut' || event.kind === 'names';
}

function torn(event: Effect): Effect[] {
  if (event.kind !== 'write' || event.bytes.length < 2) return [event];
  const middle = event.bytes.length >> 1;
  return [
    { ...event, bytes: event.bytes.subarray(0, middle) },
    { ...event, offset: event.offset + middle, bytes: event.bytes.subarray(middle) },
  ];
}

function selections(effects: readonly Effect[]): Set<Effect>[] {
  if (effects.length <= ALL_SUBSETS) {
    return Array.from(
      { length: 2 ** effects.length },
      (_, bits) => new Set(effects.filter((_effect, index) => (bits >> index) & 1)),
    );
  }
  return effects.flatMap((effect, index) => [
    new Set(effects.slice(0, index)),
    new Set(effects.slice(index)),
    new Set([effect]),
    new Set(effects.filter((other) => other !== effect)),
  ]);
}

/** Returns the files that can be reached from the root after these effects. */
function filesAfter(effects: readonly Effect[]): Record<string, Buffer> {
  const folders = new Map<string, Map<string, number | 'folder'>>();
  const contents = new Map<number, Buffer>();
  for (const effect of effects) {
    if (effect.kind === 'names') applyNames(folders, effect);
    else
      contents.set(
        effect.of,
        effect.kind === 'cut' ? Buffer.alloc(0) : written(contents.get(effect.of) ?? Buffer.alloc(0), effect),
      );
  }
  const files: Record<string, Buffer> = {};
  const walk = (folder: string): void => {
    for (const [name, to] of folders.get(folder) ?? []) {
      if (to === 'folder') walk(join(folder, name));
      else files[join(folder, name)] = contents.get(to) ?? Buffer.alloc(0);
    }
  };
  walk('/');
  return files;
}

function applyNames(
  folders: Map<string, Map<string, number | 'folder'>>,
  { of, changes }: Extract<Effect, { kind: 'names' }>,
): void {
  const names = folders.get(of) ?? new Map<string, number | 'folder'>();
  folders.set(of, names);
  for (const [name, to] of changes) {
    if (to === undefined) names.delete(name);
    else names.set(name, to);
  }
}

function written(content: Buffer, { offset, bytes }: Extract<Effect, { kind: 'write' }>): Buffer {
  const result = Buffer.alloc(Math.max(content.length, offset + bytes.length));
  content.copy(result);
  result.set(bytes, offset);
  return result;
}
