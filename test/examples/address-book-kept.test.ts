// What the address book keeps in a directory is there after a restart; and nobody else may write there meanwhile.

import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { slowStartMs, startScene } from './address-book-scene.ts';
import { freePort } from './ports.ts';

let directory: string;
let port: number;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'address-book-'));
  port = await freePort();
});
afterAll(() => rm(directory, { recursive: true, force: true }));

const contact = { name: 'Barbara Liskov', email: 'barbara@example.org' };

describe('an address book in a directory', () => {
  test(
    'has its privileges, its audit and its contacts again after a restart',
    async () => {
      const first = await startScene({ port, place: { directory } });
      expect(first.facts.kept).toBe(`in ${directory} (PGlite)`);
      const revisions = await (async () => {
        const [administration, ada] = await Promise.all([first.administrationToken(), first.tokenOf('ada')]);
        const roles = { roles: ['reader'] };
        expect((await first.answerOf('DELETE /api/v2/users/rita/roles', administration, roles)).status).toBe(204);
        expect((await first.answerOf('POST /contacts/2/share', ada, { with: 'noor' })).status).toBe(200);
        expect((await first.answerOf('DELETE /contacts/4', ada)).status).toBe(204);
        expect((await first.answerOf('POST /contacts', ada, contact)).status).toBe(201);
        return first.answerOf('GET /admin/api/audit?take=100', administration);
      })();
      await first.close();

      const second = await startScene({ port, place: { directory }, framework: 'koa' });
      try {
        const [rita, noor, ada] = await Promise.all(['rita', 'noor', 'ada'].map((who) => second.tokenOf(who)));
        expect((await second.answerOf('GET /contacts', rita)).status).toBe(403);
        expect((await second.answerOf('GET /contacts/2', noor)).status).toBe(200);
        const { body } = await second.answerOf('GET /contacts', ada);
        expect((body as { id: string }[]).map(({ id }) => id)).toEqual(['1', '2', '3', '5']);
        // What it begins with was not written once more.
        const administration = await second.administrationToken();
        expect(await second.answerOf('GET /admin/api/audit?take=100', administration)).toEqual(revisions);
      } finally {
        await second.close();
      }
      expect(await readdir(directory)).toEqual(['database']);
    },
    slowStartMs,
  );

  test(
    'is refused while a process is there that uses it',
    async () => {
      const claim = join(directory, 'in-use');
      await writeFile(claim, `${process.ppid} 1`);
      await expect(startScene({ place: { directory } })).rejects.toThrow(
        `is in use by the process ${process.ppid}. If there is none such, delete ${claim}`,
      );
      // The ports are free again, and the claim is whose it was.
      expect(await readdir(directory)).toContain('in-use');
      await rm(claim);
    },
    slowStartMs,
  );

  test(
    'is taken over from a process that is gone',
    async () => {
      await writeFile(join(directory, 'in-use'), `${process.pid} 1`);
      const scene = await startScene({ port, place: { directory } });
      expect((await scene.answerOf('GET /contacts/1', await scene.tokenOf('ada'))).status).toBe(200);
      await expect(startScene({ place: { directory } })).rejects.toThrow(`in use by the process ${process.pid}`);
      await scene.close();
      expect(await readdir(directory)).toEqual(['database']);
    },
    slowStartMs,
  );
});
