import { KeepfitError } from '@keepfit/callbacks';
import { formatValue } from '@keepfit/callbacks/internal';

/** The signals that a program can listen to, on any platform: a list may name those of several. */
const NAMES =
  'ABRT ALRM BREAK BUS CHLD CONT FPE HUP ILL INFO INT IO IOT LOST PIPE POLL PROF PWR QUIT SEGV STKFLT SYS TERM TRAP TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ'.split(
    ' ',
  );

/**
 * Checks the signals. Node takes any name, and a wrong one never comes.
 *
 * @throws KEEPFIT_INVALID_OPTION when they are no list of names of signals.
 */
export function checkSignals(signals: unknown): void {
  if (!Array.isArray(signals)) {
    throw new KeepfitError(
      'KEEPFIT_INVALID_OPTION',
      `signals of untilSignal must be a list of names such as ['SIGTERM'], not ${formatValue(signals)}`,
    );
  }
  for (const signal of signals) checkSignal(signal);
}

function checkSignal(signal: unknown): void {
  if (typeof signal === 'string' && signal.startsWith('SIG') && NAMES.includes(signal.slice(3))) return;
  const isFinal = signal === 'SIGKILL' || signal === 'SIGSTOP';
  const what = isFinal
    ? 'which no program can listen to. Use the one that comes before it, such as SIGTERM'
    : 'which is not the name of a signal. Names are in capitals: SIGTERM, SIGINT, SIGUSR2';
  throw new KeepfitError(
    'KEEPFIT_INVALID_OPTION',
    `signals of untilSignal has ${formatValue(signal)}, ${what}`,
  );
}
