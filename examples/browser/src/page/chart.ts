import uPlot from 'uplot';

/** Points (steps, values) with ascending steps. */
export interface Line {
  readonly steps: readonly number[];
  readonly values: readonly number[];
}

/** A chart with two lines over the training steps: the training, and the validation after each epoch. */
export class Chart {
  readonly #host: HTMLElement;
  readonly #title: string;
  #plot: uPlot | undefined;
  #training: Line = { steps: [], values: [] };
  #validation: Line = { steps: [], values: [] };

  constructor(host: HTMLElement, title: string) {
    this.#host = host;
    this.#title = title;
    new ResizeObserver(() => this.#plot?.setSize(this.#size())).observe(host);
    // The colours of the page follow its light or dark mode.
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#rebuild());
    this.#rebuild();
  }

  showTraining(line: Line): void {
    this.#training = line;
    this.#plot?.setData(this.#data());
  }

  showValidation(line: Line): void {
    this.#validation = line;
    this.#plot?.setData(this.#data());
  }

  #rebuild(): void {
    this.#plot?.destroy();
    const colour = (name: string) => resolveColour(this.#host, name);
    const axis = {
      stroke: colour('--soft'),
      grid: { stroke: colour('--line'), width: 1 },
      ticks: { stroke: colour('--line'), width: 1 },
    };
    this.#plot = new uPlot(
      {
        ...this.#size(),
        title: this.#title,
        scales: { x: { time: false } },
        axes: [axis, axis],
        series: [
          { label: 'batch' },
          { label: 'training', stroke: colour('--accent'), width: 2 },
          { label: 'validation', stroke: colour('--good'), width: 2, points: { show: true, size: 6 } },
        ],
      },
      this.#data(),
      this.#host,
    );
  }

  #size(): { width: number; height: number } {
    return { width: Math.max(200, this.#host.clientWidth), height: 220 };
  }

  #data(): uPlot.AlignedData {
    const tables = [this.#training, this.#validation].map(({ steps, values }): uPlot.AlignedData => [
      [...steps],
      [...values],
    ]);
    // The line connects the validations.
    return uPlot.join(
      tables,
      tables.map(() => [0, 2]),
    );
  }
}

/** Resolves a custom property to a colour that a canvas understands. */
function resolveColour(host: HTMLElement, property: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${property})`;
  host.append(probe);
  const { color } = getComputedStyle(probe);
  probe.remove();
  return color;
}
