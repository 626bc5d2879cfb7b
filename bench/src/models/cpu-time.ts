/** The CPU time of this process so far, in milliseconds: unlike a clock's, it does not count what else the machine does. */
export function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
