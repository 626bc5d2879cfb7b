import { KeepfitError } from '@keepfit/callbacks/store';
import type { S3Answer } from './contract.js';
import { readElement } from './xml.js';

const CREDENTIALS =
  'check the access key, the secret key and the session token with which fetch signs, and whether they have expired';
const REGION = "sign for the region of the bucket, and give the address that this region's server has as url";

/** How to fix an error, by the codes of S3. */
const ADVICE: Readonly<Record<string, string>> = {
  NoSuchBucket: 'create the bucket, which the store does not, or correct url',
  AccessDenied:
    'allow this user to get, put and delete objects, to list the bucket and its multipart uploads, and to abort them; check also that fetch signs',
  InvalidAccessKeyId: CREDENTIALS,
  SignatureDoesNotMatch: CREDENTIALS,
  InvalidToken: CREDENTIALS,
  ExpiredToken: CREDENTIALS,
  RequestTimeTooSkewed: 'set the clock of this machine, whose time is part of each signature',
  PermanentRedirect: REGION,
  TemporaryRedirect: REGION,
  AuthorizationHeaderMalformed: REGION,
  IllegalLocationConstraintException: REGION,
};

/** How to fix an error without such a code, as that of a HEAD. */
const ADVICE_BY_STATUS: Readonly<Record<number, string>> = {
  301: REGION,
  307: REGION,
  401: CREDENTIALS,
  403: CREDENTIALS,
};

/** Whether the bucket itself is missing, and not only an object in it. */
export function isNoBucket({ status, bytes }: S3Answer): boolean {
  return status === 404 && readElement(bytes, 'Code') === 'NoSuchBucket';
}

/** Creates the error of a request that the server has refused: KEEPFIT_STORE_FULL or KEEPFIT_STORE_FAILED. */
export function createRefusalError(what: string, { status, bytes }: S3Answer): KeepfitError {
  const code = readElement(bytes, 'Code') ?? '';
  if (status === 507 || code === 'QuotaExceeded') {
    const message = `could not ${what}: its quota is used up. Delete other objects, or raise the quota; the old checkpoint stays`;
    return new KeepfitError('KEEPFIT_STORE_FULL', message);
  }
  // An address in it may have a signature in its query.
  const said = (readElement(bytes, 'Message') ?? '').replaceAll(/\?\S*/g, '').slice(0, 200);
  const advice = ADVICE[code] ?? ADVICE_BY_STATUS[status] ?? 'see the documentation of this server';
  return new KeepfitError(
    'KEEPFIT_STORE_FAILED',
    `could not ${what} (${[status, code].join(' ').trim()}${said && `, "${said}"`}): ${advice}`,
  );
}

/** Creates the error of a request without an answer. */
export function createNoAnswerError(what: string, tries: number, cause: unknown): KeepfitError {
  const inPage = 'document' in globalThis ? ', and whether the CORS rules of the bucket allow this page' : '';
  return new KeepfitError(
    'KEEPFIT_STORE_FAILED',
    `could not ${what}: ${tries} tries had no whole answer, and the server may have carried them out all the same. Look at the network and at url${inPage}; the cause is the last failure`,
    { cause },
  );
}

/** Creates the error of an answer to a PUT whose ETag (or generation) does not arrive. */
export function createNoTagError(name: string, header: string): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_STORE_FAILED',
    `the answer for ${name} has no ${header}: in a page, the CORS rules of the bucket must expose it (ExposeHeaders: ${header}) and allow PUT with its conditions; otherwise this server, or a proxy before it, cannot keep checkpoints safe`,
  );
}
