import type { EngineKit } from './engine-kit.js';
import { assertSame, infer, train } from './train-on-engine.js';

/** Evaluations and predictions are computed in whole batches, with the weights of their time. */
export function testInference(kit: EngineKit): void {
  for (const what of ['evaluate', 'predict'] as const)
    kit.test(`inference: ${what} gives the bits of this thread`, async (open) => {
      const { engine } = await open(kit.several);
      assertSame(await infer(what, engine), await infer(what), `by ${what}`);
    });

  kit.test('inference: a validation has the weights of its epoch', async (open) => {
    const { engine } = await open(kit.several);
    const expected = await kit.trainAlone();
    const validated = [...expected.keys()].filter((part) => /onTestBatchEnd|onEpochEnd/.test(part));
    assertSame(await train({ engine }), expected, 'in the validations', validated);
  });

  kit.test('turns: one engine serves fit, evaluate and predict, one after the other', async (open) => {
    const { engine } = await open(kit.several);
    assertSame(await train({ engine, data: 2 }), await kit.trainAlone({ data: 2 }), 'in the first turn');
    for (const what of ['evaluate', 'predict'] as const)
      assertSame(await infer(what, engine), await infer(what), `by ${what} after a fit`);
    assertSame(await train({ engine }), await kit.trainAlone(), 'in the last turn');
  });
}
