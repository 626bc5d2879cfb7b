import { Converter } from 'typedoc';

/** Names each page after its first heading. */
export function titlePages(app) {
  app.converter.on(Converter.EVENT_CREATE_DOCUMENT, (_, page) => {
    const [, title] = /^# (.+)\n/.exec(page.content[0]?.text ?? '') ?? [];
    if (title !== undefined) page.name = title;
  });
}
