/**
 * The command, arguments and options with which `spawn` starts a program or one of npm's commands. On Windows these
 * are files of the shell (`npm.cmd`), which Node starts only in a shell, and a shell needs quotes.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {string} platform
 */
export function spawnArguments(command, args, platform = process.platform) {
  if (platform !== 'win32' || !['npm', 'npx'].includes(command))
    return { command, args: [...args], shell: false };
  return { command: `${command}.cmd`, args: args.map(quote), shell: true };
}

/** @param {string} text */
function quote(text) {
  return /^[\w@%+=:,./\\-]+$/.test(text) ? text : `"${text.replaceAll('"', '""')}"`;
}
