import type { EngineKit } from './engine-kit.js';
import { assertSame, infer, train } from './train-on-engine.js';

/** Evaluations and predictions are computed in whole batches, with the weights of their time. */
export function testInference(kit: EngineKit): void {
  for (const what of ['evaluate', 'predict'] as const)
    for (const batches of [1, 3])
      kit.test(`inference: ${what} gives the bits of this thread, with stepsPerExecution ${batches}`, async (open) => {
        const { engine } = await open(kit.several);
        assertSame(await infer(what, { engine, batches }), await infer(what, { batches }), `by ${what}`);
      });

  kit.test('inference: a validation has the weights of its epoch', async (open) => {
    const { engine } = await open(kit.several);
    const expected = await kit.trainAlone();
    const validated = [...expected.keys()].filter((part) => /onTestBatchEnd|onEpochEnd/.test(part));
    assertSame(await train({ engine }), expected, 'in the validations', validated);
  });

  kit.test('turns: one engine serves fit, evaluate and predict, one after the other', async (open) => {
    const { engine } = await open(kit.several);
    for (let turn = 1; turn <= 2; turn++) {
      const when = `in turn ${turn}`;
      assertSame(await train({ engine, data: turn }), await kit.trainAlone({ data: turn }), when);
      for (const what of ['evaluate', 'predict'] as const)
        assertSame(await infer(what, { engine, batches: 2 }), await infer(what, { batches: 2 }), when);
    }
  });
}
