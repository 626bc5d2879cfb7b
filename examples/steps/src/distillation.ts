import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential } from '@tensorflow/tfjs-layers';
import { joinModels, seeded, Trainer } from 'keepfit';
import { type Example, pseudoRandom } from './example.js';

const CLASSES = 3;
const TEMPERATURE = 3;

/**
 * Knowledge distillation: a small student learns from the targets and from the outputs of a frozen teacher. The
 * phase returns the student's outputs, so that the trainer's metrics work.
 */
export function createDistillation(seed: number): Example {
  const { teacher, student } = seeded(seed, buildModels);
  teacher.trainable = false;
  const model = joinModels({ teacher, student }, { main: 'student' });
  const trainer = new Trainer(model, {
    phases: [
      {
        name: 'student',
        optimizer: tf.train.adam(0.01),
        loss({ x, y }, { training }) {
          // The teacher always computes as in inference.
          const wanted = teacher.apply(x, { training: false }) as tf.Tensor;
          const logits = student.apply(x, { training }) as tf.Tensor;
          const hard = tf.losses.softmaxCrossEntropy(y, logits);
          const soft = tf.losses.softmaxCrossEntropy(
            tf.softmax(tf.div(wanted, TEMPERATURE)),
            tf.div(logits, TEMPERATURE),
          );
          const loss = tf.add(tf.mul(hard, 0.1), tf.mul(soft, 0.9 * TEMPERATURE ** 2));
          return { loss, logs: { hard, soft }, outputs: tf.softmax(logits) };
        },
      },
    ],
    metrics: ['categoricalAccuracy'],
  });
  const { x, y } = spots(24);
  const fitOptions = { seed: 3, batchSize: 12, validationData: [x, y] } as const;
  return { model, train: (options) => trainer.fit(x, y, { ...fitOptions, ...options }) };
}

function buildModels() {
  const build = (units: number) =>
    sequential({
      layers: [
        layers.dense({ units, activation: 'relu', inputShape: [2] }),
        layers.dropout({ rate: 0.1 }),
        layers.dense({ units: CLASSES }),
      ],
    });
  // A real program loads a teacher that is trained: tf.loadLayersModel(…).
  return { teacher: build(16), student: build(4) };
}

/** Points around three centres, and their classes as one-hot rows. */
function spots(samples: number) {
  const x = Float32Array.from({ length: 2 * samples }, (_, index) => {
    const angle = (2 * Math.PI * ((index >> 1) % CLASSES)) / CLASSES;
    return (index % 2 === 0 ? Math.cos(angle) : Math.sin(angle)) + pseudoRandom(index) - 0.5;
  });
  const y = Float32Array.from({ length: CLASSES * samples }, (_, index) =>
    Math.floor(index / CLASSES) % CLASSES === index % CLASSES ? 1 : 0,
  );
  return { x: { data: x, shape: [samples, 2] }, y: { data: y, shape: [samples, CLASSES] } };
}
