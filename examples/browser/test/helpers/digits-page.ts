import type { BrowserContext, Page } from 'playwright';
import { expect, inject } from 'vitest';

/** The settings that the tests choose; the others keep their defaults. */
export interface Choice {
  readonly model?: 'dense' | 'convnet' | 'wide';
  readonly backend?: 'wasm' | 'cpu' | 'webgl' | 'webgpu';
  readonly store?: 'indexeddb' | 'opfs';
  readonly digits?: number;
  readonly epochs?: number;
  readonly saveFreq?: number;
  readonly workers?: 0 | 1 | 2 | 4;
}

/** Drives the page as a user does: by its labels, buttons and texts. */
export class DigitsPage {
  readonly page: Page;
  /** The errors in the console of the page and its worker. */
  readonly complaints: string[] = [];

  private constructor(page: Page) {
    this.page = page;
    page.on('pageerror', (error) => this.complaints.push(error.message));
    page.on('console', (message) => message.type() === 'error' && this.complaints.push(message.text()));
  }

  static async open(context: BrowserContext): Promise<DigitsPage> {
    const opened = new DigitsPage(await context.newPage());
    opened.page.setDefaultTimeout(90_000);
    await opened.page.bringToFront();
    await opened.page.goto(`${inject('pageUrl')}?software`);
    return opened;
  }

  /** Opens the page with nothing stored, once those of earlier tests are closed. */
  static async openAsNewVisitor(context: BrowserContext): Promise<DigitsPage> {
    const blank = await context.newPage();
    const devtools = await context.newCDPSession(blank);
    const { origin } = new URL(inject('pageUrl'));
    await devtools.send('Storage.clearDataForOrigin', { origin, storageTypes: 'all' });
    await blank.close();
    const opened = await DigitsPage.open(context);
    await opened.says(/Ready/);
    return opened;
  }

  async choose(choice: Choice): Promise<void> {
    const { model, backend, store, digits, epochs, saveFreq, workers } = choice;
    if (store !== undefined) await this.page.getByLabel('Backup in').selectOption(store);
    await this.says(/Ready|Found a backup|Paused|Done|Stopped/);
    if (model !== undefined) await this.page.getByLabel('Model').selectOption(model);
    if (backend !== undefined) await this.page.getByLabel('Backend').selectOption(backend);
    if (digits !== undefined) await this.page.getByLabel('Digits', { exact: true }).fill(String(digits));
    if (epochs !== undefined) await this.page.getByLabel('Epochs').fill(String(epochs));
    if (workers !== undefined) await this.page.getByLabel('Computed by').selectOption(String(workers));
    if (saveFreq !== undefined) await this.page.getByLabel('Back up each').fill(String(saveFreq));
  }

  press(name: string): Promise<void> {
    return this.page.getByRole('button', { name }).click();
  }

  /** Waits until the status line reads so. */
  says(text: RegExp): Promise<void> {
    return this.#shows('status', text);
  }

  status(): Promise<string> {
    return this.page.getByRole('status').innerText();
  }

  /** Waits for a backup of this place, such as "epoch 2, after batch 4". */
  hasSaved(place: RegExp): Promise<void> {
    return this.#shows('backup', place);
  }

  error(): Promise<string> {
    return this.page.getByRole('alert').innerText();
  }

  /** How much of all epochs is trained, from 0 to 1. */
  trainedShare(): Promise<number> {
    return this.page.locator('#whole-progress').evaluate((bar: HTMLProgressElement) => bar.value);
  }

  /** Waits for the end, and resolves to the SHA-256 of all weights. */
  async finalWeights(): Promise<string> {
    await this.#shows('status', /SHA-256/);
    const digest = await this.page.locator('#weights').innerText();
    expect(digest).toMatch(/^[0-9a-f]{64}$/);
    return digest;
  }

  /**
   * Waits while the page makes progress. If nothing changes for a minute, rejects with the text that it
   * shows.
   */
  async #shows(place: 'status' | 'backup', text: RegExp): Promise<void> {
    let shown = await this.#shown();
    while (!text.test(shown[place])) {
      const before = shown;
      try {
        await expect
          .poll(async () => (shown = await this.#shown()), { timeout: 60_000, interval: 30 })
          .not.toEqual(before);
      } catch (cause) {
        throw new Error(
          `waited for ${text} in ${place}; the page stays at ${JSON.stringify(shown)}, and complains: ${this.complaints.join('; ')}`,
          { cause },
        );
      }
    }
  }

  /**
   * Polls from here: code that waits within a page waits for its frames, and a page in the background draws
   * none.
   */
  #shown(): Promise<{ status: string; backup: string; error: string }> {
    return this.page.evaluate(() => {
      const textOf = (id: string) => document.getElementById(id)?.textContent ?? '';
      return { status: textOf('status'), backup: textOf('backup'), error: textOf('error') };
    });
  }
}
