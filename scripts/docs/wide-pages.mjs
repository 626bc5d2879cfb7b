import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright';
import { chromiumArgs, chromiumPath } from '../../test/browser/chromium.ts';
import { listFiles } from './pages.mjs';

/** The width of a phone, in CSS pixels. */
const WIDTH = 390;
/** In all pages of typedoc. */
const STYLE = 'assets/style.css';

/**
 * Finds the pages of the site that scroll sideways on a phone, with the width of each in CSS pixels. Returns undefined
 * if this machine has no Chromium.
 */
export async function findWidePages(site) {
  if (chromiumPath === undefined) return undefined;
  const browser = await chromium.launch({ executablePath: chromiumPath, args: chromiumArgs });
  try {
    const tab = await browser.newPage({ viewport: { width: WIDTH, height: 844 }, isMobile: true });
    const wide = [];
    for (const page of listFiles(site).filter((file) => file.endsWith('.html'))) {
      const html = readFileSync(join(site, page), 'utf8');
      const width = await (html.includes(STYLE)
        ? measureInFirstPage(tab, site, html)
        : measureAlone(tab, join(site, page)));
      if (width > WIDTH) wide.push({ page, width });
    }
    return wide;
  } finally {
    await browser.close();
  }
}

async function measureAlone(tab, file) {
  await tab.goto(pathToFileURL(file).href);
  return tab.evaluate(() => document.scrollingElement.scrollWidth);
}

/** Loading hundreds of pages takes minutes, so the first one takes the content of all that have its style. */
async function measureInFirstPage(tab, site, html) {
  const first = pathToFileURL(join(site, 'index.html')).href;
  if (tab.url() !== first) await tab.goto(first);
  return tab.evaluate(
    (content) => {
      // Scripts that come so do not run.
      document.body.innerHTML = content;
      document.body.style.removeProperty('display');
      return document.scrollingElement.scrollWidth;
    },
    html.slice(html.indexOf('<body>') + '<body>'.length),
  );
}
