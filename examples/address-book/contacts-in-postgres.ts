// A pool of connections to PostgreSQL goes in, contacts that outlive the process come out.

import type pg from 'pg';
import { UnavailableError } from 'rightful';

import { contactsAtFirst } from './contacts.ts';
import type { Contact, Contacts } from './contacts.ts';

/** Makes the table, with what the address book begins with, where it is not there yet. Its calls reject with an UnavailableError. */
export async function contactsInPostgres(pool: pg.Pool): Promise<Contacts> {
  await makeTable(pool);
  const table = 'address_book.contacts';
  const columns = 'id, owner, name, email';

  // A database that does not answer is a 503, also in a policy, and never a no.
  async function ask(text: string, values: string[] = []): Promise<Contact[]> {
    try {
      return (await pool.query<Contact>(text, values)).rows.map(contactIn);
    } catch (cause) {
      throw new UnavailableError(undefined, { cause });
    }
  }

  async function askOf(id: string, text: string, values: string[] = []): Promise<Contact | undefined> {
    return isId(id) ? (await ask(text, [id, ...values]))[0] : undefined;
  }

  return {
    list: () => ask(`select ${columns} from ${table} order by contacts.id`),
    find: (id) => askOf(id, `select ${columns} from ${table} where id = $1`),
    async add(owner, { name, email }) {
      const text = `insert into ${table} (owner, name, email) values ($1, $2, $3) returning ${columns}`;
      const [contact] = await ask(text, [owner, name, email]);
      if (contact === undefined) throw new UnavailableError(undefined, { cause: 'The database wrote nothing' });
      return contact;
    },
    change(id, { name, email }) {
      const text = `update ${table} set name = $2, email = $3 where id = $1 returning ${columns}`;
      return askOf(id, text, [name, email]);
    },
    async remove(id) {
      return (await askOf(id, `delete from ${table} where id = $1 returning ${columns}`)) !== undefined;
    },
  };
}

// A bigint comes as text or as a number, as the driver likes.
function contactIn({ id, owner, name, email }: Omit<Contact, 'id'> & { id: unknown }): Contact {
  return { id: String(id), owner, name, email };
}

function isId(text: string): boolean {
  return /^[1-9]\d{0,14}$/.test(text);
}

async function makeTable(pool: pg.Pool): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('begin');
    // One process makes it, and others that start at the same time wait for it.
    await client.query("select pg_advisory_xact_lock(hashtext('address_book.contacts'))");
    const { rows } = await client.query<{ made: unknown }>("select to_regclass('address_book.contacts') as made");
    if (rows[0]?.made === null) {
      await client.query('create schema if not exists address_book');
      await client.query(
        'create table address_book.contacts (id bigint generated always as identity primary key,' +
          ' owner text not null, name text not null, email text not null)',
      );
      for (const { owner, name, email } of contactsAtFirst) {
        const text = 'insert into address_book.contacts (owner, name, email) values ($1, $2, $3)';
        await client.query(text, [owner, name, email]);
      }
    }
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  } finally {
    client.release();
  }
}
