// A person goes in; their picture comes out, where they have one and this page may show it.

import type { Person } from '../answers.ts';
import { baseAddress } from '../api.ts';
import { useSession } from '../session.ts';

export function Picture({ of: person }: { of: Person | undefined }) {
  const { pictures } = useSession().settings;
  const picture = person?.picture ?? '';
  if (picture === '' || !URL.canParse(picture, baseAddress().href)) return null;
  const { origin, href, protocol } = new URL(picture, baseAddress());
  // The content security policy says the same, and louder.
  if (protocol !== 'data:' && ![location.origin, ...pictures].includes(origin)) return null;
  return <img class="picture" src={href} alt="" width={48} height={48} referrerpolicy="no-referrer" />;
}
