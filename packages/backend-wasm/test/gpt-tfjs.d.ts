declare module 'gpt-tfjs' {
  import type { data, TensorContainer } from '@tensorflow/tfjs';

  interface Gpt {
    train(
      dataset: data.Dataset<TensorContainer>,
      config: {
        epochs: number;
        batchSize: number;
        lr: number;
        callbacks: ((model: Gpt, loss: number) => void)[];
      },
    ): Promise<void>;
  }

  const library: { readonly model: { GPTLMHeadModel(config: object): Gpt } };
  export default library;
}
