import { cpuBackend } from '@keepfit/backend-cpu';
import { natsEngine } from '@keepfit/engine-nats';
import { Trainer, useBackend } from '@keepfit/fit';
import { fromLayers } from '@keepfit/layers';
import { type ConnectionOptions, connect, credsAuthenticator, nkeys } from '@nats-io/transport-node';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { programFile } from '../../../test/programs/program-file.js';
import { natsServerPath, startNatsServer } from '../../engine-nats/test/helpers/nats-server.js';
import { createSmallNet } from '../../engine-threads/test/helpers/small-net.js';

const folder = mkdtempSync(join(tmpdir(), 'keepfit-access-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;
if (!hasOpenssl) console.warn('No openssl found: the test of certificates is left out.');

/** How a server lets in, and how a coordinator and a worker come in. */
interface Access {
  /** Lines of the server's configuration. */
  readonly config: string;
  readonly coordinator: ConnectionOptions;
  /** Put before the host of the server's address. */
  readonly address: string;
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** Trains on a worker of the command. Rejects if the worker ends. */
async function train({ config, coordinator, address, args = [], env }: Access): Promise<void> {
  const server = await startNatsServer(config);
  const host = server.url.replace('nats://', '');
  const program = programFile('packages/keepfit/src/main.ts');
  const worker = spawn(process.execPath, [program, 'worker', address + host, '--run', 'access', ...args], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let complaints = '';
  worker.stderr.on('data', (data: Buffer) => void (complaints += data.toString()));
  const closed = once(worker, 'close').then(() => Promise.reject(new Error(complaints)));
  try {
    await Promise.race([once(worker.stdout, 'data'), closed]);
    const connection = await connect({ servers: host, ...coordinator });
    await useBackend(cpuBackend());
    const trainer = new Trainer(fromLayers(createSmallNet(1)), { optimizer: 'sgd', loss: 'mse' });
    const rows = (width: number) => ({ data: new Float32Array(8 * width).fill(1), shape: [8, width] });
    const engine = natsEngine({ connection, run: 'access' });
    await Promise.race([
      trainer.fit(rows(3), rows(2), { batchSize: 8, seed: 3, epochs: 2, verbose: 0, engine }),
      closed,
    ]);
    await connection.close();
  } finally {
    worker.kill('SIGKILL');
    await closed.catch(() => undefined);
    await server.stop();
  }
}

describe.skipIf(natsServerPath === undefined)('keepfit worker', () => {
  const byPassword: Access = {
    config: 'authorization { user: me, password: "p@ss:w/rd" }',
    coordinator: { user: 'me', pass: 'p@ss:w/rd' },
    address: 'nats://me:p%40ss%3Aw%2Frd@',
  };

  test('takes user and password from the address', () => train(byPassword));

  test('says that a password is wrong, without the password', async () => {
    const failed = train({ ...byPassword, address: 'nats://me:wrong@' });
    await expect(failed).rejects.toThrow(/KEEPFIT_ENGINE_FAILED: there is no connection to nats:\/\/…@127/);
    await expect(failed).rejects.not.toThrow(/wrong/);
  });

  test('takes a token from the address', () =>
    train({
      config: 'authorization { token: sesame }',
      coordinator: { token: 'sesame' },
      address: 'nats://sesame@',
    }));

  test('takes the credentials of a user from a file', () => {
    const { config, creds } = createAccounts();
    const file = join(folder, 'user.creds');
    writeFileSync(file, creds);
    const authenticator = credsAuthenticator(readFileSync(file));
    return train({ config, coordinator: { authenticator }, address: 'nats://', args: ['--creds', file] });
  });

  test.skipIf(!hasOpenssl)(
    'trusts a certificate of its own authority, which Node is told about',
    async () => {
      const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
      // Node asks for localhost if the address has no name.
      const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
      const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2'];
      execFileSync('openssl', [...request, '-keyout', key, '-out', cert, ...subject], { stdio: 'ignore' });
      const access: Access = {
        config: `tls { cert_file: "${cert}", key_file: "${key}" }`,
        coordinator: { tls: { caFile: cert } },
        address: 'tls://',
      };
      await expect(train(access)).rejects.toThrow(/there is no connection to tls:.*certificate/s);
      await train({ ...access, env: { NODE_EXTRA_CA_CERTS: cert } });
    },
  );
});

/** An operator with an account that has JetStream, and the credentials of a user of it. */
function createAccounts(): { readonly config: string; readonly creds: string } {
  const [operator, system, account] = [nkeys.createOperator(), nkeys.createAccount(), nkeys.createAccount()];
  const user = nkeys.createUser();
  const write = (issuer: nkeys.KeyPair, subject: nkeys.KeyPair, nats: object): string => {
    const encode = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');
    const [iss, sub] = [issuer.getPublicKey(), subject.getPublicKey()];
    const claims = { jti: sub, iat: 1, iss, name: 'test', sub, nats: { version: 2, ...nats } };
    const signed = `${encode({ typ: 'JWT', alg: 'ed25519-nkey' })}.${encode(claims)}`;
    return `${signed}.${Buffer.from(issuer.sign(Buffer.from(signed))).toString('base64url')}`;
  };
  const free = { subs: -1, data: -1, payload: -1 };
  const many = { ...free, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1 };
  const jetStream = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };
  const accounts = [
    [system, write(operator, system, { type: 'account', limits: many })],
    [account, write(operator, account, { type: 'account', limits: { ...many, ...jetStream } })],
  ] as const;
  const preload = accounts.map(([key, token]) => `${key.getPublicKey()}: "${token}"`);
  const jwt = write(account, user, { type: 'user', ...free });
  const seed = new TextDecoder().decode(user.getSeed());
  const frame = (name: string, text: string): string =>
    `-----BEGIN ${name}-----\n${text}\n------END ${name}------\n\n`;
  return {
    config: `operator: "${write(operator, operator, { type: 'operator' })}"\nsystem_account: ${system.getPublicKey()}\nresolver: MEMORY\nresolver_preload { ${preload.join('\n')} }`,
    creds: frame('NATS USER JWT', jwt) + frame('USER NKEY SEED', seed),
  };
}
