#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { runCommand } from './commands/run-command.js';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  version: string;
};

// `keepfit … | head` closes the pipe before all is written, and a closed terminal gives EIO: nobody reads the rest.
const isGone = ({ code }: NodeJS.ErrnoException) => code === 'EPIPE' || code === 'EIO';
process.stdout.on('error', (error) => {
  if (!isGone(error)) throw error;
  process.exit();
});
process.stderr.on('error', (error) => {
  if (!isGone(error)) throw error;
});

process.exitCode = await runCommand(process.argv.slice(2), version, {
  print: (text) => void process.stdout.write(text),
  printError: (text) => void process.stderr.write(text),
  hasColours: process.stdout.isTTY && process.stdout.hasColors(),
  now: Date.now,
});
