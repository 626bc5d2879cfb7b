import { Converter } from 'typedoc';
import { getGroup } from './options.mjs';

/** Names each page after its first heading, and puts it into its group. */
export function titlePages(app) {
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_, page) => {
    page.frontmatter.group = getGroup(page.name.split('/').at(-1));
    const [, title] = /^# (.+)\n/.exec(page.content[0]?.text ?? '') ?? [];
    // The name of the README is that of a package.
    if (page.name === 'README') page.name = 'Overview';
    else if (title !== undefined) page.name = title;
  });
}
