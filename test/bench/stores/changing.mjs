// What two processes and the one that watches them have in common.

export const permission = 'read:contacts';
export const by = Object.freeze({ system: 'bench' });
