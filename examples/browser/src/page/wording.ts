import type { FoundBackup } from '../messages.js';

export function formatSize(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  return bytes < 1e6 ? `${Math.round(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}

function formatAge(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.round(seconds / 3600)} h` : `${Math.round(seconds / 86_400)} days`;
}

/** "epoch 3, after batch 40" */
export function formatPlace(epoch: number, batch: number): string {
  return `epoch ${epoch + 1}, ${batch === 0 ? 'at its begin' : `after batch ${batch}`}`;
}

export function describeBackup({ epoch, batch, bytes, savedAt }: FoundBackup, now: number): string {
  return `${formatPlace(epoch, batch)}; ${formatSize(bytes)}, ${formatAge(now - savedAt)} old`;
}
