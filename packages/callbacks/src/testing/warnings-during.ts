const OWN = 'keepfit: the checkpoint ';

/** Runs an action and gives the warnings about checkpoints that it printed, which are kept from the console; others go through. */
export async function warningsDuring(action: () => Promise<void>): Promise<string[]> {
  const warnings: string[] = [];
  const { warn } = console;
  console.warn = (...said: unknown[]) => {
    const [first] = said;
    if (typeof first === 'string' && first.startsWith(OWN)) warnings.push(first);
    else warn.apply(console, said);
  };
  try {
    await action();
  } finally {
    console.warn = warn;
  }
  return warnings;
}
