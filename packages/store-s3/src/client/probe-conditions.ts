import { KeepfitError } from '@keepfit/callbacks/store';
import { type ConditionForm, createConditions, type Dialect, listForms } from './conditions.js';
import type { S3Client } from './contract.js';
import { createId } from './create-id.js';
import { createRecords } from './records.js';

/**
 * Finds out in which form the server honours conditions, with an object that is removed again.
 *
 * @param prefix What the name of that object begins with.
 * @throws KEEPFIT_STORE_FAILED when it ignores conditions.
 */
export async function probeConditions(
  client: S3Client,
  prefix: string,
  dialect: Dialect,
): Promise<ConditionForm> {
  // No key begins with a dot.
  const name = `${prefix}.probe-${createId()}`;
  try {
    for (const form of listForms(dialect)) {
      if (await honours(client, name, form)) return form;
      await client.send(name, { method: 'DELETE', allowed: [404] });
    }
  } finally {
    await client.send(name, { method: 'DELETE', allowed: [404] }).catch(() => undefined);
  }
  throw createIgnoredError('refuses a PUT whose condition is met');
}

/** Whether a PUT whose condition is met succeeds. */
async function honours(client: S3Client, name: string, form: ConditionForm): Promise<boolean> {
  const conditions = createConditions(form);
  const { swap } = createRecords(client, conditions.readTag, async () => conditions);
  const first = await swap(name, {}, undefined);
  if (first === undefined) return false;
  if ((await swap(name, {}, undefined)) !== undefined)
    throw createIgnoredError('overwrites an object although a PUT asks for nothing to be there');
  if ((await swap(name, {}, first)) === undefined) return false;
  if ((await swap(name, {}, first)) !== undefined)
    throw createIgnoredError('overwrites an object although a PUT asks for another content');
  return true;
}

function createIgnoredError(what: string): KeepfitError {
  return new KeepfitError(
    'KEEPFIT_STORE_FAILED',
    `this server ${what}, so two trainings could overwrite each other; use one that honours conditional writes (docs/object-storage.md lists some), or dialect 'gcs' for Google Cloud Storage`,
  );
}
