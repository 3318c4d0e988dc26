// What two processes and the one that watches them have in common.

export const permission = 'read:contacts';
export const by = Object.freeze({ system: 'bench' });

/** How late a change may act elsewhere, as `postgresStore` states it: a heartbeat, and two questions that take as long as they may. */
export const statedBoundMs = 6000;
