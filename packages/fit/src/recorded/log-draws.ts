/** Logs the numbers that `Math.random` gives to one function, and gives them to another one again. */
export function logDraws(): { draws: <T>(run: () => T) => T; repeat: <T>(run: () => T) => T } {
  const log: number[] = [];
  const during = <T>(draw: (random: () => number) => number, run: () => T): T => {
    const { random } = Math;
    Math.random = () => draw(random);
    try {
      return run();
    } finally {
      Math.random = random;
    }
  };
  let next = 0;
  return {
    draws: (run) =>
      during((random) => {
        const drawn = random();
        log.push(drawn);
        return drawn;
      }, run),
    repeat: (run) => during((random) => log[next++] ?? random(), run),
  };
}
