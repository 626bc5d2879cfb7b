import { fileURLToPath } from 'node:url';

export interface Library {
  /** The heading of its column. */
  readonly title: string;
  /** Its module in Python; undefined for programs of Node. */
  readonly module?: string;
  /** Its program and further arguments. */
  readonly program: string;
  readonly options?: readonly string[];
}

const path = (name: string) => fileURLToPath(new URL(`programs/${name}`, import.meta.url));

/** What is compared, in the order of the columns. */
export const libraries: Readonly<Record<string, Library>> = {
  keepfit: { title: 'keepfit', program: path('train-keepfit.ts') },
  keras: { title: 'Keras 3', module: 'keras', program: path('train_keras.py') },
  tf_keras: {
    title: '`tf_keras` (Keras 2)',
    module: 'tf_keras',
    program: path('train_keras.py'),
    options: ['tf_keras'],
  },
  lightning: { title: 'Lightning', module: 'lightning', program: path('train_lightning.py') },
};
