export { runCommand } from './commands/run-command.js';

export type { Terminal } from './output/terminal.js';
