// Arguments and environment go in, what shall be started comes out; a mistake is told in one line.

import { parseArgs } from 'node:util';

import type { AddressBookOptions } from './address-book.ts';
import type { Place } from './keeping.ts';
import { portOf, StartError } from './listening.ts';

export const usage = `npm start -- [options]

  --json          prints one line of JSON in place of the text, for scripts
  --koa           serves the same on Koa
  --data DIR      keeps privileges and contacts in this directory
  --beside URL    runs beside the address book whose API is there, with its authorization server
  --help          prints this

Environment

  PORT            of the API, 3000 where it is absent; the authorization server takes the next one
  DATABASE_URL    keeps privileges and contacts in PostgreSQL: postgres://user:password@host/database
`;

export interface CommandLine extends AddressBookOptions {
  isHelp: boolean;
  isJson: boolean;
}

export function commandLineOf(args: string[], environment: NodeJS.ProcessEnv): CommandLine {
  const { json, koa, data, beside, help } = readArgs(args);
  if (beside !== undefined && !/^https?:\/\/[^/?#\s]+$/.test(beside)) {
    throw new StartError(
      `Expected --beside to be an address like http://127.0.0.1:3000, got ${JSON.stringify(beside)}`,
    );
  }
  return {
    isHelp: help,
    isJson: json,
    port: portOf(environment),
    framework: koa ? 'koa' : 'express',
    place: placeOf(data, environment['DATABASE_URL']),
    ...(beside !== undefined && { beside }),
  };
}

function readArgs(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        json: { type: 'boolean', default: false },
        koa: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
        data: { type: 'string' },
        beside: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new StartError(`${(error as Error).message.split('\n')[0]}\n\n${usage}`);
  }
}

function placeOf(directory: string | undefined, databaseUrl = ''): Place {
  if (directory === '') throw new StartError('Expected --data to name a directory');
  if (directory === undefined) return databaseUrl === '' ? {} : { databaseUrl };
  if (databaseUrl !== '') throw new StartError('Expected --data or DATABASE_URL, and not both');
  return { directory };
}
