// What stands in the address is no page.

import { Heading } from '../parts/heading.tsx';
import { hrefTo } from '../router.ts';

export function NotFoundPage() {
  return (
    <>
      <Heading title="There is no such page" />
      <p>
        <a href={hrefTo(['users'])}>To the users</a>
      </p>
    </>
  );
}
