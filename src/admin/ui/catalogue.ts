// The catalogue is read once for all pages; what a name means in it comes out.

import type { Catalogue, CatalogueEntry, Privilege } from './answers.ts';
import { useLoaded } from './loading.ts';
import type { Loaded } from './loading.ts';
import { useSession } from './session.ts';
import type { Api } from './api.ts';

// One for each session: who signs in anew reads it anew.
const read = new WeakMap<Api, Promise<Catalogue>>();

export function useCatalogue(): Loaded<Catalogue> {
  const { api } = useSession();
  return useLoaded('catalogue', () => {
    const reading = read.get(api) ?? api.get<Catalogue>(['catalogue']);
    read.set(api, reading);
    reading.catch(() => read.delete(api));
    return reading;
  });
}

export interface Defined extends CatalogueEntry {
  readonly api: string;
}

/** Every permission of every API. */
export function definitionsIn({ apis }: Catalogue): readonly Defined[] {
  return apis.flatMap(({ identifier, permissions }) => permissions.map((one) => ({ ...one, api: identifier })));
}

/** Whether it counts for an API: what names none is for whichever asks. */
export function countsFor({ audience }: Privilege, api: string): boolean {
  return audience === undefined || audience === api;
}
