import { ConsoleLogger, LogLevel } from 'typedoc';

/**
 * Prints the messages of typedoc except those about links to folders, which `settleLinks` repairs in the
 * finished site.
 */
export class FolderLinkLogger extends ConsoleLogger {
  level = LogLevel.Warn;

  log(message, level) {
    if (!message.includes('is not a file and will not be copied')) super.log(message, level);
  }

  addContext(message, level, ...place) {
    return super.addContext(message, level, ...place);
  }
}
