// The demo as a program: starts the address book, prints what there is to see (with --json as one line of JSON), and serves
// until Ctrl-C.

import { setTimeout } from 'node:timers/promises';

import { startAddressBook } from './address-book.ts';
import type { AddressBook } from './address-book.ts';
import { commandLineOf, usage } from './command-line.ts';
import { StartError } from './listening.ts';
import { printoutOf } from './printout.ts';

let stopping: number | undefined;
const starting = start();

process.on('SIGINT', () => void stop()).on('SIGTERM', () => void stop());

async function start(): Promise<AddressBook | undefined> {
  try {
    const { isHelp, isJson, ...options } = commandLineOf(process.argv.slice(2), process.env);
    if (isHelp) {
      process.stdout.write(usage);
      return undefined;
    }
    const addressBook = await startAddressBook(options);
    const { facts, sampleToken = '' } = addressBook;
    const text = isJson ? `${JSON.stringify(facts)}\n` : printoutOf(facts, sampleToken);
    if (stopping === undefined) process.stdout.write(text);
    return addressBook;
  } catch (error) {
    console.error(error instanceof StartError ? error.message : error);
    process.exitCode = 1;
    return undefined;
  }
}

// npm hands a Ctrl-C on that the terminal has already sent. What comes so soon is the same one again, and must not find the
// process half ended, which would make an interrupted one of it.
const sameSignalMs = 100;

async function stop(): Promise<void> {
  if (stopping !== undefined) {
    if (Date.now() - stopping > sameSignalMs) process.exit(1);
    return;
  }
  stopping = Date.now();
  try {
    const addressBook = await starting;
    // With nothing left open the process ends by itself.
    await Promise.all([addressBook?.close(), setTimeout(sameSignalMs)]);
  } catch (error) {
    console.error(error);
    process.exit(1);
  }
}
