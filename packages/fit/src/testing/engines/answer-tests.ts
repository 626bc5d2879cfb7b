import { isKeepfitError } from '@keepfit/callbacks';
import { assertThat } from '../backend-kit.js';
import { claim, type EngineKit, NotClaimed, type RelayAnswer, waitForTurns } from './engine-kit.js';
import { catchError } from './refusal-tests.js';
import { assertSame, type Outcome, train } from './train-on-engine.js';

/** Whatever the way from the workers does to answers: the right bits, or an error. */
export function testAnswers(kit: EngineKit): void {
  const testRelay = (name: string, when: string, create: () => RelayAnswer) =>
    kit.test(`answers: ${name}`, async (open) => {
      const subject = await open(kit.several);
      claim(subject, 'intercept')(create());
      assertSame(await train({ engine: subject.engine }), await kit.trainAlone(), when);
    });

  testRelay('one that comes twice counts once', 'although answers came twice', () => (answer, deliver) => {
    const again = copy(answer);
    deliver(answer);
    deliver(again);
  });
  testRelay('their order changes no bit', 'although answers came in another order', () => {
    let count = 0;
    return (answer, deliver) => {
      count += 1;
      void waitForTurns((count * 7) % 5).then(() => deliver(answer));
    };
  });
  testRelay('one of an earlier step is not part of a later one', 'although old answers came again', () => {
    const old: unknown[] = [];
    return (answer, deliver) => {
      for (const one of old.slice(-8)) deliver(copy(one));
      old.push(copy(answer));
      deliver(answer);
    };
  });

  kit.test('answers: one of an earlier fit is not part of the next one', async (open) => {
    const subject = await open(kit.several);
    const intercept = claim(subject, 'intercept');
    const old: { answer: unknown; deliver: (answer: unknown) => void }[] = [];
    intercept((answer, deliver) => {
      old.push({ answer: copy(answer), deliver });
      deliver(answer);
    });
    await train({ engine: subject.engine, data: 2 });
    for (const { answer, deliver } of old) deliver(copy(answer));
    intercept((answer, deliver) => {
      for (const one of old) deliver(copy(one.answer));
      deliver(answer);
    });
    const found = await train({ engine: subject.engine });
    assertSame(found, await kit.trainAlone(), 'although answers of an earlier fit came');
  });

  const testDamage = (what: string, damage: (answer: unknown) => readonly unknown[]) =>
    kit.test(`answers: ${what} change no bit, or end the fit by an error`, async (open) => {
      const subject = await open(kit.several);
      let damaged = 0;
      const relay: RelayAnswer = (answer, deliver) => {
        for (const one of damage(answer)) {
          damaged += 1;
          deliver(one);
        }
        deliver(answer);
      };
      claim(subject, 'intercept')(relay);
      let outcome: Outcome | undefined;
      const run = async () => void (outcome = await train({ engine: subject.engine }));
      const error = await catchError(run());
      if (damaged === 0) throw new NotClaimed('the answers of the engine are not bytes');
      if (outcome !== undefined) assertSame(outcome, await kit.trainAlone(), `although ${what} came`);
      else
        assertThat(isKeepfitError(error), `fit must reject with a KeepfitError, not with ${String(error)}`);
    });

  testDamage('values that are no answers', () => [
    ...[undefined, null, 0, '', 'an answer', {}, []],
    new Uint8Array(3),
  ]);
  testDamage('damaged bytes', (answer) => DAMAGES.flatMap((damage) => withBytes(answer, damage)));
}

type Damage = (bytes: Uint8Array) => Uint8Array;

const DAMAGES: readonly Damage[] = [
  flipBit,
  (bytes) => bytes.slice(0, bytes.length >> 1),
  appendBytes,
  () => new Uint8Array(0),
];

function withBytes(answer: unknown, change: Damage): readonly unknown[] {
  if (answer instanceof Uint8Array) return [change(answer)];
  return answer instanceof ArrayBuffer ? [change(new Uint8Array(answer)).buffer] : [];
}

function flipBit(bytes: Uint8Array): Uint8Array {
  // Three quarters in there are numbers, and the head is before them.
  const place = Math.floor(bytes.length * 0.75);
  return bytes.map((byte, at) => (at === place ? byte ^ 8 : byte));
}

function appendBytes(bytes: Uint8Array): Uint8Array {
  const longer = new Uint8Array(bytes.length + 4);
  longer.set(bytes);
  return longer;
}

/** The engine may change or transfer what it was given. */
function copy<T>(value: T): T {
  return structuredClone(value);
}
