import { isKeepfitError } from '@keepfit/callbacks';
import { Command, CommanderError } from 'commander';
import { copyCommand } from './copy-command.js';
import { diffCommand } from './diff-command.js';
import { EXIT } from './exit-status.js';
import { exportCommand } from './export-command.js';
import { inspectCommand } from './inspect-command.js';
import { printable } from './printable.js';
import type { Terminal } from './terminal.js';
import { verifyCommand } from './verify-command.js';

/**
 * Runs `keepfit` with these arguments, and resolves to its exit status: 0 where all is well, 1 where a checkpoint is bad or two differ,
 * 2 where it could not do what was asked. Never rejects; what went wrong is a line on standard error.
 */
export async function runCommand(
  args: readonly string[],
  version: string,
  terminal: Terminal,
): Promise<number> {
  let status: number = EXIT.good;
  const finish = (result: number) => {
    status = result;
  };
  const program = newProgram(version, terminal);
  for (const add of [inspectCommand, verifyCommand, diffCommand, copyCommand, exportCommand]) {
    const command = add(terminal, finish);
    program.addCommand(command.copyInheritedSettings(program));
  }
  try {
    await program.parseAsync(args, { from: 'user' });
    return status;
  } catch (error) {
    // Commander has said what was wrong.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.good : EXIT.trouble;
    terminal.printError(`keepfit: ${messageOf(error)}\n`);
    return EXIT.trouble;
  }
}

function newProgram(version: string, terminal: Terminal): Command {
  return new Command('keepfit')
    .description(
      'Looks into checkpoints of keepfit. It only reads them: a training that runs meanwhile is not disturbed.',
    )
    .version(version)
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: terminal.print,
      writeErr: terminal.printError,
      outputError: (text, write) =>
        write(
          `keepfit: ${printable(
            text
              .trim()
              .replace(/^error: /, '')
              .replace(/\s*\n\s*/g, ' '),
          )}\n`,
        ),
      getOutHasColors: () => terminal.hasColours,
    })
    .addHelpText(
      'after',
      '\nA place is a file, or a folder of fsStore.\nExit status: 0 good or the same, 1 bad or different, 2 it could not be done.',
    );
}

/** One line; the stack only of what is a fault of this command. */
function messageOf(error: unknown): string {
  if (isKeepfitError(error)) return printable(error.message);
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
