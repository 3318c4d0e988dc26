// A place goes in, its page comes out.

import type { ComponentChild } from 'preact';
import { AuditPage } from './pages/audit.tsx';
import { BuiltInPage } from './pages/built-in.tsx';
import { HoldersPage } from './pages/holders.tsx';
import { NewRolePage } from './pages/new-role.tsx';
import { NotFoundPage } from './pages/not-found.tsx';
import { PermissionsPage } from './pages/permissions.tsx';
import { RoleMatrixPage } from './pages/role-matrix.tsx';
import { RolePage } from './pages/role.tsx';
import { RolesPage } from './pages/roles.tsx';
import { SubjectPage } from './pages/subject.tsx';
import { SubjectsPage } from './pages/subjects.tsx';
import { WhyPage } from './pages/why.tsx';
import type { Place } from './router.ts';

/** Another subject, role or permission is another page: nothing of the one before is left in it. */
export function pageAt({ path, query }: Place): ComponentChild {
  const [section = 'users', id, ...more] = path;
  if (more.length > 0) return <NotFoundPage />;
  switch (section) {
    case 'users':
    case 'clients': {
      const kind = section === 'users' ? 'user' : 'client';
      if (id !== undefined) return <SubjectPage key={`${kind} ${id}`} kind={kind} id={id} />;
      return <SubjectsPage key={kind} kind={kind} query={query} />;
    }
    case 'roles':
      return id === undefined ? <RolesPage query={query} /> : <RolePage key={id} uid={id} query={query} />;
    case 'permissions':
      if (id === undefined) return <PermissionsPage query={query} />;
      return <HoldersPage key={id} permission={id} query={query} />;
    default:
      if (id !== undefined) return <NotFoundPage />;
      if (section === 'new-role') return <NewRolePage />;
      if (section === 'role-matrix') return <RoleMatrixPage query={query} />;
      if (section === 'built-in') return <BuiltInPage />;
      if (section === 'why') return <WhyPage key={query.toString()} query={query} />;
      return section === 'audit' ? <AuditPage query={query} /> : <NotFoundPage />;
  }
}
