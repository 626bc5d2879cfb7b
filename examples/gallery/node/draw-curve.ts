/** A training with a kill. */
export interface KilledCurve {
  /** The loss of each step. */
  readonly losses: readonly number[];
  /** The logs of each epoch. */
  readonly history: Readonly<Record<string, readonly number[]>>;
  /** After which step the process was killed. */
  readonly kill: number;
}

const WIDTH = 720;
const HEIGHT = 300;
const PLOT = { left: 58, right: 704, top: 34, bottom: 258 };
/** How many points the curve has, at most. Each is the mean loss of some steps. */
const POINTS = 240;

/** It has a background of its own, so it reads well on pages of any colour. */
const STYLE = `
  .page { fill: #ffffff } text { font: 13px system-ui, sans-serif; fill: #3d444d } .grid { stroke: #d1d9e0 }
  .loss { fill: none; stroke: #0969da; stroke-width: 1.6 } .later { stroke: #1a7f37 }
  .val { fill: #bc4c00 } .kill { stroke: #cf222e; stroke-width: 1.5; stroke-dasharray: 5 4 } .red { fill: #cf222e }
  @media (prefers-color-scheme: dark) {
    .page { fill: #151b23 } text { fill: #d1d7e0 } .grid { stroke: #3d444d }
    .loss { stroke: #4493f8 } .later { stroke: #3fb950 } .val { fill: #f0883e }
    .kill { stroke: #f85149 } .red { fill: #f85149 }
  }`;

/** Draws the loss of a training as SVG: until the kill, after it, and the validation loss of each epoch. */
export function drawCurve({ losses, history, kill }: KilledCurve): string {
  const every = Math.ceil(losses.length / POINTS);
  const points = Array.from({ length: Math.floor(losses.length / every) }, (_, index) => {
    const part = losses.slice(index * every, (index + 1) * every);
    return { step: (index + 0.5) * every, loss: part.reduce((sum, loss) => sum + loss, 0) / part.length };
  });
  const validation = history['val_loss'] ?? [];
  const stepsAnEpoch = losses.length / validation.length;
  const highest = Math.max(...points.map(({ loss }) => loss), ...validation);
  const tick = chooseTick(highest);
  const top = Math.ceil(highest / tick) * tick;

  const x = (step: number) => (PLOT.left + (step / losses.length) * (PLOT.right - PLOT.left)).toFixed(1);
  const y = (loss: number) => (PLOT.bottom - (loss / top) * (PLOT.bottom - PLOT.top)).toFixed(1);
  const path = (part: typeof points) => part.map(({ step, loss }) => `${x(step)},${y(loss)}`).join(' ');
  const before = points.filter(({ step }) => step <= kill);
  const after = points.slice(Math.max(0, before.length - 1));
  const ticks = Array.from({ length: Math.round(top / tick) + 1 }, (_, index) => index * tick);
  const epochTick = Math.ceil(validation.length / 10);
  const epochs = validation.map((_, epoch) => epoch + 1).filter((epoch) => epoch % epochTick === 0);
  // The words beside the line are where there is room.
  const isLate = kill > losses.length / 2;
  const side = isLate ? { anchor: 'end', offset: -8 } : { anchor: 'start', offset: 8 };

  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}">
<style>${STYLE}
</style>
<rect class="page" width="${WIDTH}" height="${HEIGHT}" rx="8"/>
${ticks.map((loss) => `<path class="grid" d="M${PLOT.left} ${y(loss)}H${PLOT.right}"/><text x="${PLOT.left - 8}" y="${y(loss)}" dy="4" text-anchor="end">${Number(loss.toPrecision(3))}</text>`).join('\n')}
${epochs.map((epoch) => `<text x="${x(epoch * stepsAnEpoch)}" y="${PLOT.bottom + 18}" text-anchor="middle">${epoch}</text>`).join('\n')}
<text x="${PLOT.left}" y="22">loss</text><text x="${PLOT.right}" y="${HEIGHT - 8}" text-anchor="end">epoch</text>
<polyline class="loss" points="${path(before)}"/>
<polyline class="loss later" points="${path(after)}"/>
${validation.map((loss, epoch) => `<circle class="val" cx="${x((epoch + 1) * stepsAnEpoch)}" cy="${y(loss)}" r="3"/>`).join('\n')}
<path class="kill" d="M${x(kill)} ${PLOT.top}V${PLOT.bottom}"/>
<text class="red" x="${x(kill)}" dx="${side.offset}" y="${PLOT.top + 14}" text-anchor="${side.anchor}">kill -9, then run again</text>
<circle class="val" cx="${PLOT.right - 108}" cy="18" r="3"/><text x="${PLOT.right}" y="22" text-anchor="end">validation loss</text>
</svg>
`;
}

/** The distance of the lines: 1, 2 or 5 times a power of ten, so that there are about five. */
function chooseTick(highest: number): number {
  const rough = highest / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  return ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10) * power;
}
