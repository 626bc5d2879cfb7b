import { isKeepfitError } from '@keepfit/callbacks';
import { escapeLine, escapeText } from '@keepfit/callbacks/internal';
import { Command, CommanderError } from 'commander';
import { EXIT, type Terminal } from '../output/terminal.js';
import { createCopyCommand } from './copy-command.js';
import { createDiffCommand } from './diff-command.js';
import { createExportCommand } from './export-command.js';
import { createImportCommand } from './import-command.js';
import { createInspectCommand } from './inspect-command.js';
import { createVerifyCommand } from './verify-command.js';
import { createWorkerCommand } from './worker-command.js';
import { createWorkersCommand } from './workers-command.js';

/**
 * Runs `keepfit` with these arguments and resolves to its exit status: 0 if all is well, 1 if a checkpoint is
 * bad or two differ, 2 if the command failed. It never rejects; an error is a line on standard error.
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
  const program = createProgram(version, terminal);
  for (const add of [
    createInspectCommand,
    createVerifyCommand,
    createDiffCommand,
    createCopyCommand,
    createExportCommand,
    createImportCommand,
    createWorkerCommand,
    createWorkersCommand,
  ]) {
    const command = add(terminal, finish);
    program.addCommand(command.copyInheritedSettings(program));
  }
  try {
    await program.parseAsync(args, { from: 'user' });
    return status;
  } catch (error) {
    // Commander has printed the error.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.good : EXIT.trouble;
    terminal.printError(`keepfit: ${formatError(error)}\n`);
    return EXIT.trouble;
  }
}

function createProgram(version: string, terminal: Terminal): Command {
  return new Command('keepfit')
    .description(
      'Looks into checkpoints of keepfit, imports weights of Keras, and computes for trainings on other machines. It only reads checkpoints, so a running training is not disturbed.',
    )
    .version(version)
    .helpCommand(false)
    .exitOverride()
    .configureOutput({
      writeOut: terminal.print,
      writeErr: terminal.printError,
      outputError: (text, write) =>
        write(
          `keepfit: ${escapeLine(
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

/** Formats an error on one line; with its stack if it is a bug of this command. */
function formatError(error: unknown): string {
  if (isKeepfitError(error)) return escapeLine(error.message);
  return escapeText(error instanceof Error ? (error.stack ?? error.message) : String(error));
}
