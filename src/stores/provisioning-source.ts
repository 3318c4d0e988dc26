// A provisioning document as text, bytes or an object goes in, what it says comes out, and for whatever is wrong in it an error
// that says where.

import { isRecord } from '../core/options.ts';
import { FileText } from './file-fault.ts';
import { offsetOf, plainValue, yamlDocument } from './file-yaml.ts';
import { PlaceError } from './place.ts';
import { provisioningDocument } from './provisioning-document.ts';
import type { Organizations, ProvisioningDocument } from './provisioning-document.ts';

/** A document that is read, and that tells where something in it is wrong. */
export interface SourcedDocument extends ProvisioningDocument {
  /** Runs it; a PlaceError becomes one that says where that is. */
  readonly within: <Value>(run: () => Promise<Value> | Value) => Promise<Value>;
  /** The same error, with where it is. */
  readonly placed: (error: unknown) => unknown;
}

/** Something that a document can be read from. */
export interface ProvisioningSource {
  /** @throws PrivilegeFileError or TypeError */
  read(organizations: Organizations): SourcedDocument;
}

/** `file`: what it is called in errors. */
export function textSource(file: string, content: string | Uint8Array): ProvisioningSource {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return {
    read: (organizations) => {
      const source = new FileText(file, bytes);
      const document = yamlDocument(source);
      const value = plainValue(source, document.contents);
      // A file in which all lines are commented out says nothing, and is none the worse for it.
      return sourced(value ?? { apiVersion: 1 }, organizations, (error) => {
        return source.fault(error.message, offsetOf(document, error.path, error.isName), error);
      });
    },
  };
}

export function objectSource(value: unknown): ProvisioningSource {
  return { read: (organizations) => sourced(value, organizations, (error) => error) };
}

function sourced(value: unknown, organizations: Organizations, located: (error: PlaceError) => Error): SourcedDocument {
  const placed = (error: unknown): unknown => (error instanceof PlaceError ? located(error) : error);
  const within = async <Value>(run: () => Promise<Value> | Value): Promise<Value> => {
    try {
      return await run();
    } catch (error) {
      throw placed(error);
    }
  };
  try {
    return { ...provisioningDocument(withoutNulls(value), organizations), placed, within };
  } catch (error) {
    throw placed(error);
  }
}

// A name under which nothing is written.
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (!isRecord(value)) return value;
  const members = Object.entries(value).filter(([, member]) => member !== null);
  return Object.fromEntries(members.map(([name, member]) => [name, withoutNulls(member)]));
}
