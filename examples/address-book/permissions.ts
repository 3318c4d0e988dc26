// What can be done in the address book at all, whoever asks. The API and the consent page read the same list.

import { definePermissions } from 'rightful';
import type { PermissionOf } from 'rightful';

export const descriptions = {
  'read:contacts': 'See contacts',
  'write:contacts': 'Add contacts and change them',
  'delete:contacts': 'Delete contacts',
  'share:contacts': 'Share a contact with somebody else',
} as const;

export const permissions = definePermissions(descriptions);

export type Permission = PermissionOf<typeof permissions>;
