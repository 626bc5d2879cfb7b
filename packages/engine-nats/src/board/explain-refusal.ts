import { KeepfitError } from '@keepfit/callbacks';
import type { NatsConnection } from '@nats-io/nats-core';
import { REPORTS, type Subjects } from '../contract/subjects.js';

/** An error of the library that says what a user may not do. */
interface Violation extends Error {
  readonly operation: 'publish' | 'subscription';
  readonly subject: string;
}

/**
 * Explains that a user of the server lacks a permission. Undefined for another error, and for a subject that does not
 * belong to the run, because other code may use the same connection.
 *
 * @param subjects of the run; undefined for a question to the workers of all runs
 */
export function explainRefusal(
  error: unknown,
  connection: NatsConnection,
  subjects: Subjects | undefined,
): KeepfitError | undefined {
  const violation = findViolation(error);
  const inbox = `${getInboxPrefix(connection)}.`;
  if (violation === undefined || !isOfRun(violation.subject, inbox, subjects)) return undefined;
  const verb = violation.operation === 'publish' ? 'publish' : 'subscribe';
  return new KeepfitError(
    'KEEPFIT_ENGINE_FAILED',
    `the server does not permit this user to ${verb} to ${violation.subject}; give the user permissions to publish and subscribe to keepfit.>, $JS.API.>, $JS.ACK.> and ${inbox}>`,
    { cause: error },
  );
}

/** By name, because the connection may be of another copy of the library. */
function findViolation(error: unknown): Violation | undefined {
  if (!(error instanceof Error)) return undefined;
  return error.name === 'PermissionViolationError' ? (error as Violation) : findViolation(error.cause);
}

function isOfRun(subject: string, inbox: string, subjects: Subjects | undefined): boolean {
  if (subject === REPORTS || subject.startsWith(inbox)) return true;
  if (subjects === undefined) return false;
  const { work, workStream, boardStream } = subjects;
  const run = work.slice(0, work.lastIndexOf('.') + 1);
  const tokens = subject.split('.');
  return (
    subject === '$JS.API.INFO' ||
    subject.startsWith(run) ||
    tokens.includes(workStream) ||
    tokens.includes(boardStream)
  );
}

/** The option `inboxPrefix` of `connect`, which the types of a connection do not have. */
function getInboxPrefix(connection: NatsConnection): string {
  const { options } = connection as { readonly options?: { readonly inboxPrefix?: string } };
  return options?.inboxPrefix ?? '_INBOX';
}
