import { type Browser, chromium, type Page } from 'playwright';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { chromiumPath } from '../../../test/browser/chromium.js';
import { serveSources } from '../../store-indexeddb/test/helpers/serve-sources.js';
import { type CorsRules, type S3Server, startS3Server } from './helpers/s3-server.js';

describe.skipIf(chromiumPath === undefined)('a page that signs with aws4fetch', () => {
  let site: Awaited<ReturnType<typeof serveSources>>;
  let browser: Browser;
  let page: Page;
  let bucket: S3Server;
  /** Those that docs/object-storage.md tells. */
  let rules: CorsRules;

  beforeAll(async () => {
    site = await serveSources({ program: '/packages/store-s3/test/helpers/in-page.ts' });
    rules = {
      origin: site.origin,
      methods: ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'],
      headers: ['authorization', 'content-type', 'if-match', 'if-none-match', 'x-amz-*'],
      exposed: ['ETag'],
    };
    browser = await chromium.launch({ executablePath: chromiumPath ?? '', args: ['--no-sandbox'] });
    page = await browser.newPage();
    page.setDefaultTimeout(120_000);
    await page.goto(`${site.origin}/page`);
    await page.waitForFunction('globalThis.inPage !== undefined', undefined, { polling: 20 });
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });
  beforeEach(async () => {
    bucket = await startS3Server();
    return () => bucket.close();
  });

  const storeTwice = (): Promise<unknown> =>
    page.evaluate(`inPage.storeTwice(${JSON.stringify(bucket.url)})`);

  test('keeps checkpoints in a bucket with the CORS rules of the documentation', async () => {
    bucket.cors = rules;
    expect(await storeTwice()).toEqual([1, 2, 3]);
  });

  test('has a lease renewed by a Web Worker', async () => {
    bucket.cors = rules;
    await page.evaluate(`inPage.lockByWorker(${JSON.stringify(bucket.url)})`);
    await new Promise<void>((resolve) => {
      let left = 3;
      bucket.plan = ({ name, method, headers }) => {
        if (
          method === 'PUT' &&
          name === 'worker/lease' &&
          headers.authorization !== undefined &&
          --left === 0
        )
          resolve();
        return undefined;
      };
    });
  });

  test('is told that the rules must expose the ETag', async () => {
    bucket.cors = { ...rules, exposed: [] };
    expect(await storeTwice()).toMatch(
      /^KEEPFIT_STORE_FAILED: the answer for .* has no ETag: .*must expose it \(ExposeHeaders: ETag\)/,
    );
    expect([...bucket.objects.keys()].filter((name) => name.startsWith('backup/'))).toEqual([]);
  });

  test.each([
    ['no rules', () => undefined],
    ['rules without PUT', () => ({ ...rules, methods: ['GET', 'HEAD'] })],
    ['rules without If-Match', () => ({ ...rules, headers: ['authorization', 'content-type', 'x-amz-*'] })],
  ])('is told to look at the CORS rules of a bucket with %s', async (_, getRules) => {
    bucket.cors = getRules();
    expect(await storeTwice()).toMatch(
      /^KEEPFIT_STORE_FAILED: .*whether the CORS rules of the bucket allow this page/,
    );
  });
});
