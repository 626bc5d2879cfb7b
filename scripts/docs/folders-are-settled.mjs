import { ConsoleLogger, LogLevel } from 'typedoc';

/** Says what typedoc says, but for links to folders: these are settled once the site is written. */
export class FoldersAreSettled extends ConsoleLogger {
  level = LogLevel.Warn;

  log(message, level) {
    if (!message.includes('is not a file and will not be copied')) super.log(message, level);
  }

  addContext(message, level, ...place) {
    return super.addContext(message, level, ...place);
  }
}
