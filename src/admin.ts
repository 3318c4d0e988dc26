// 'rightful/admin': the management API, the access-control API, decisions and the dashboard, as one web-standard handler.

export { createAdmin } from './admin/create-admin.ts';
export type { AdminHandler } from './admin/create-admin.ts';
export { accessErrorIdOf } from './admin/access-control/error-ids.ts';
export type { AdminOptions, DashboardOptions, EntityLimits } from './admin/administered.ts';
export { adminPermissions } from './admin/permissions.ts';
export type { DirectoryUser, UserDirectory } from './admin/people.ts';
export type { RateLimit } from './admin/rate-limit.ts';
