import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startChromium } from '../../../test/browser/killable-chromium.js';
import { chromiumPath } from '../../../test/browser/chromium.js';
import type { Bench } from '../bench.js';
import { servePage } from '../measure/serve-page.js';
import { getQuartiles } from '../measure/quartiles.js';
import type { SaveRound, Watched } from '../page/save-page.js';

/**
 * Compares a backup to IndexedDB in Chromium with tfjs' `model.save` of the same weights. It is left out
 * without Chromium.
 */
export const modelSave: Bench = async ({ row, root, folder, quick }) => {
  if (chromiumPath === undefined) {
    console.log('  left out: there is no Chromium here; CHROMIUM may name one');
    return;
  }
  const served = await servePage(join(root, 'src/page'), join(folder, 'page'));
  const profile = mkdtempSync(join(folder, 'profile-'));
  const browser = await startChromium(profile);
  try {
    const page = await browser.context.newPage();
    await page.goto(served.origin);
    for (const megabytes of [3, 38]) {
      const rounds: SaveRound[] = await page.evaluate(`benchPage.rounds(${megabytes}, ${quick ? 3 : 9})`);
      const report = (name: string, of: keyof Watched): void => {
        const { median, low, high } = getQuartiles(rounds.map(({ backup, save }) => backup[of] / save[of]));
        const facts = {
          'backup, ms': getQuartiles(rounds.map(({ backup }) => backup[of])).median,
          'save, ms': getQuartiles(rounds.map(({ save }) => save[of])).median,
        };
        row({
          name: `${name} of ${megabytes} MB to IndexedDB in Chromium`,
          unit: '×',
          value: median,
          spread: [low, high],
          runs: rounds.length,
          facts,
        });
      };
      report('time of a backup ÷ model.save', 'time');
      report('longest stop of the page, backup ÷ model.save,', 'block');
    }
  } finally {
    await browser.kill();
    await served.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
};
