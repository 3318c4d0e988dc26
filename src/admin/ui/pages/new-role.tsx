// A role that there is not yet.

import { Heading } from '../parts/heading.tsx';
import { toRole } from '../places.ts';
import { goTo, hrefTo } from '../router.ts';
import { RoleForm } from './role-form.tsx';

export function NewRolePage() {
  return (
    <>
      <Heading title="New role" above={{ href: hrefTo(['roles']), label: 'Roles' }} />
      <RoleForm onSaved={(uid) => goTo(toRole(uid))} />
    </>
  );
}
