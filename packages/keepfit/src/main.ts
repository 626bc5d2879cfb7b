#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { runCommand } from './commands/run-command.js';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

// `keepfit … | head` closes the pipe before all is written: nobody reads the rest.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

process.exitCode = await runCommand(process.argv.slice(2), version, {
  print: (text) => void process.stdout.write(text),
  printError: (text) => void process.stderr.write(text),
  hasColours: process.stdout.isTTY && process.stdout.hasColors(),
  now: Date.now,
});
