import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { listFiles } from './pages.mjs';

/**
 * Finishes the pages of the site: wide tables scroll in a box, links `site:…` become relative, the title has the version
 * behind it, and drawings without colours for dark mode have the class that inverts them there.
 */
export function finishPages(site, version) {
  for (const page of listFiles(site).filter((file) => file.endsWith('.html'))) {
    const file = join(site, page);
    const toSite = posix.relative(posix.dirname(page), '.') || '.';
    const finished = readFileSync(file, 'utf8')
      .replace(/<table\b[^]*?<\/table>/g, '<div class="wide">$&</div>')
      .replace(/<img src="([^":]*\.svg)"/g, (image, source) =>
        isForDark(join(site, posix.dirname(page), source)) ? image : `<img class="on-white" src="${source}"`,
      )
      .replaceAll('href="site:', `href="${toSite}/`)
      .replace(/(<a href="[^"]*" class="title">[^<]*<\/a>)/, `$1<span class="version">${version}</span>`);
    writeFileSync(file, finished);
  }
}

/** A drawing that is missing is left to `findBrokenLinks`. */
function isForDark(drawing) {
  return !existsSync(drawing) || readFileSync(drawing, 'utf8').includes('prefers-color-scheme');
}
