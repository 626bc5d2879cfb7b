import type { Train } from './example.js';
import { trainFashion } from './fashion.js';
import { trainGpt } from './gpt.js';
import { trainPenguins } from './penguins.js';
import { trainSeries } from './series.js';

interface Listed {
  readonly about: string;
  readonly train: Train;
  /** How long it trains if nobody says otherwise. */
  readonly epochs: number;
  /** How many samples it takes if nobody says otherwise. */
  readonly samples: number;
}

export type ExampleName = 'penguins' | 'fashion' | 'series' | 'gpt';

/** The examples of the gallery that run in Node. */
export const examples: Readonly<Record<ExampleName, Listed>> = {
  penguins: {
    about: 'Tells the species of 342 penguins by four measures. Stops early and keeps the best weights.',
    train: trainPenguins,
    epochs: 200,
    samples: 342,
  },
  fashion: {
    about:
      'Tells ten kinds of clothes apart by pictures of 28 × 28 pixels: a convnet with batch norm and dropout.',
    train: trainFashion,
    epochs: 6,
    samples: 24_000,
  },
  series: {
    about: "Forecasts tomorrow's highest temperature in Seattle from the last 30 days: an LSTM.",
    train: trainSeries,
    epochs: 40,
    samples: 1461,
  },
  gpt: {
    about: 'Learns to write like Moby Dick, letter by letter: a small GPT.',
    train: trainGpt,
    epochs: 5,
    samples: 6000,
  },
};

export function isExampleName(name: string): name is ExampleName {
  return Object.hasOwn(examples, name);
}
