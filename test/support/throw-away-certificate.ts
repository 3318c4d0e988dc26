// Host names go in, a key and a certificate for them come out, which is its own authority and good for an hour (RFC 5280, X.690):
// what a test of TLS needs, with nothing to install.

import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

/** Both in PEM. Who trusts `certificate` trusts the server that has it. */
export interface ThrowAwayCertificate {
  readonly key: string;
  readonly certificate: string;
}

const dns = 0x82;
const hourMs = 3_600_000;

export function throwAwayCertificate(...hosts: readonly string[]): ThrowAwayCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const toSign = certificateOf(publicKey, hosts, Date.now());
  const signature = sign('sha256', toSign, privateKey);
  const certificate = sequence(toSign, ecdsaWithSha256, element(0x03, Buffer.of(0), signature));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
    certificate: pem('CERTIFICATE', certificate),
  };
}

/** RFC 5280 section 4.1.2. */
function certificateOf(publicKey: KeyObject, hosts: readonly string[], now: number): Buffer {
  const version3 = element(0xa0, element(0x02, Buffer.of(2)));
  // Positive: the first bit is none of the sign.
  const serial = element(0x02, Buffer.of(1), randomBytes(15));
  const name = sequence(element(0x31, sequence(oid(0x55, 0x04, 0x03), element(0x0c, Buffer.from('throw-away')))));
  const validity = sequence(utcTime(now - hourMs), utcTime(now + hourMs));
  const key = publicKey.export({ type: 'spki', format: 'der' });
  const authority = sequence(element(0x01, Buffer.of(0xff)));
  const names = sequence(...hosts.map((host) => element(dns, Buffer.from(host))));
  const extensions = element(
    0xa3,
    sequence(extension(oid(0x55, 0x1d, 0x13), authority), extension(oid(0x55, 0x1d, 0x11), names)),
  );
  return sequence(version3, serial, ecdsaWithSha256, name, validity, name, key, extensions);
}

function extension(id: Buffer, value: Buffer): Buffer {
  return sequence(id, element(0x04, value));
}

function utcTime(at: number): Buffer {
  const digits = new Date(at).toISOString().replace(/\D/g, '');
  return element(0x17, Buffer.from(`${digits.slice(2, 14)}Z`));
}

// RFC 5758 section 3.2: 1.2.840.10045.4.3.2.
const ecdsaWithSha256 = sequence(oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02));

function oid(...bytes: readonly number[]): Buffer {
  return element(0x06, Buffer.from(bytes));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return element(0x30, ...parts);
}

/** X.690 section 8.1: what it is, how long, and what it holds. */
function element(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const header = length < 0x80 ? [tag, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(header), content]);
}

function pem(what: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${what}-----\n${lines.join('\n')}\n-----END ${what}-----\n`;
}
