// A number of privileges goes in, who is asked what comes out: what is held, the questions that are timed, all with one answer,
// and others, with the opposite one, which tell who answers without looking.

/**
 * `names`: the catalogue, where patterns over names are held. `usable`: the names that may be used everywhere, or, where
 * resources are asked about, what a bare Set is asked instead.
 *
 * @typedef {{ permission: string, resource?: string }} Question
 * @typedef {{ permission: string, on?: string, effect?: 'deny' }} Held
 * @typedef {{ privileges: Held[], names?: string[], questions: Question[], answer: boolean, controls: Question[],
 *   usable: string[], asked?: string[] }} Scene
 * @typedef {{ name: string, takesResource: boolean, hasNamePatterns?: boolean, scene: (count: number) => Scene }} Scenario
 */

/** So many are asked, at every size the same number: what differs is only among how many they are. */
const askedAtMost = 8;

const nameOf = (number) => `read:thing-${number}`;
const groupName = (number) => `group-${number}:read`;

function upTo(count, make) {
  return Array.from({ length: Math.floor(count) }, (_, number) => make(number));
}

/** Evenly from all. */
function some(count, make) {
  const asked = Math.min(askedAtMost, Math.floor(count));
  return upTo(asked, (at) => make(Math.floor((at * Math.floor(count)) / asked)));
}

/** @type {Scenario[]} */
export const scenarios = [
  {
    name: 'by name, held',
    takesResource: false,
    scene: (count) => ({
      privileges: upTo(count, (number) => ({ permission: nameOf(number) })),
      questions: some(count, (number) => ({ permission: nameOf(number) })),
      answer: true,
      controls: [{ permission: 'write:thing-1' }, { permission: nameOf(count) }],
      usable: upTo(count, nameOf),
    }),
  },
  {
    name: 'by name, not held',
    takesResource: false,
    scene: (count) => ({
      privileges: upTo(count, (number) => ({ permission: nameOf(number) })),
      questions: some(count, (number) => ({ permission: `write:thing-${number}` })),
      answer: false,
      controls: some(count, (number) => ({ permission: nameOf(number) })),
      usable: upTo(count, nameOf),
    }),
  },
  {
    // Four of five names are granted, the first of them denied as well.
    name: 'by name, denied',
    takesResource: false,
    scene: (count) => ({
      privileges: [
        ...upTo(count * 0.8, (number) => ({ permission: nameOf(number) })),
        ...upTo(count * 0.2, (number) => ({ permission: nameOf(number), effect: 'deny' })),
      ],
      questions: some(count * 0.2, (number) => ({ permission: nameOf(number) })),
      answer: false,
      controls: [{ permission: nameOf(Math.floor(count * 0.8) - 1) }],
      usable: upTo(count * 0.6, (number) => nameOf(number + Math.floor(count * 0.2))),
    }),
  },
  {
    name: 'on a resource, exact',
    takesResource: true,
    scene: (count) => ({
      privileges: upTo(count, (number) => ({ permission: nameOf(number), on: `things:${number}` })),
      questions: some(count, (number) => ({ permission: nameOf(number), resource: `things:${number}` })),
      answer: true,
      controls: [
        { permission: nameOf(1), resource: 'things:2' },
        { permission: nameOf(count), resource: 'things:1' },
      ],
      usable: upTo(count, nameOf),
    }),
  },
  {
    name: 'on a resource, by wildcard',
    takesResource: true,
    scene: (count) => ({
      privileges: upTo(count, (number) => ({ permission: nameOf(number), on: `things:${number}:*` })),
      questions: some(count, (number) => ({ permission: nameOf(number), resource: `things:${number}:part:7` })),
      answer: true,
      controls: [
        { permission: nameOf(1), resource: 'things:2:part:7' },
        { permission: nameOf(count), resource: 'things:1:part:7' },
      ],
      usable: upTo(count, nameOf),
    }),
  },
  {
    name: 'on a resource, denied by wildcard',
    takesResource: true,
    scene: (count) => ({
      privileges: [
        ...upTo(count * 0.8, (number) => ({ permission: nameOf(number), on: `things:${number}:*` })),
        ...upTo(count * 0.2, (number) => ({
          permission: nameOf(number),
          on: `things:${number}:secret:*`,
          effect: 'deny',
        })),
      ],
      questions: some(count * 0.2, (number) => ({ permission: nameOf(number), resource: `things:${number}:secret:7` })),
      answer: false,
      controls: [{ permission: nameOf(1), resource: 'things:1:part:7' }],
      usable: upTo(count * 0.6, (number) => nameOf(number + Math.floor(count * 0.2))),
    }),
  },
  {
    // All under one name; a bare Set is asked for the text of the wildcard.
    name: 'one name on so many resources, by wildcard',
    takesResource: true,
    scene: (count) => ({
      privileges: upTo(count, (number) => ({ permission: 'read:thing', on: `things:${number}:*` })),
      questions: some(count, (number) => ({ permission: 'read:thing', resource: `things:${number}:part:7` })),
      answer: true,
      controls: [{ permission: 'read:thing', resource: `things:${count}:part:7` }],
      usable: upTo(count, (number) => `things:${number}:*`),
      asked: some(count, (number) => `things:${number}:*`),
    }),
  },
  {
    // One in ten is a pattern.
    name: 'by a pattern over names, held',
    takesResource: false,
    hasNamePatterns: true,
    scene: (count) => ({
      privileges: [
        ...upTo(count * 0.9, (number) => ({ permission: nameOf(number) })),
        ...upTo(count * 0.1, (number) => ({ permission: `group-${number}:*` })),
      ],
      names: [...upTo(count * 0.9, nameOf), ...upTo(count * 0.1, groupName), 'other:read'],
      questions: some(count * 0.1, (number) => ({ permission: groupName(number) })),
      answer: true,
      controls: [{ permission: 'other:read' }],
      usable: [...upTo(count * 0.9, nameOf), ...upTo(count * 0.1, groupName)],
    }),
  },
  {
    name: 'beside patterns over names, not held',
    takesResource: false,
    hasNamePatterns: true,
    scene: (count) => ({
      privileges: [
        ...upTo(count * 0.9, (number) => ({ permission: nameOf(number) })),
        ...upTo(count * 0.1, (number) => ({ permission: `group-${number}:*` })),
      ],
      names: [...upTo(count * 0.9, nameOf), ...upTo(count * 0.1, groupName), ...upTo(askedAtMost, otherName)],
      questions: some(count, (number) => ({ permission: otherName(number % askedAtMost) })),
      answer: false,
      controls: some(count * 0.1, (number) => ({ permission: groupName(number) })),
      usable: [...upTo(count * 0.9, nameOf), ...upTo(count * 0.1, groupName)],
    }),
  },
  {
    name: 'by a pattern over names, denied',
    takesResource: false,
    hasNamePatterns: true,
    scene: (count) => ({
      privileges: [
        ...upTo(count * 0.9, (number) => ({ permission: groupName(number) })),
        ...upTo(count * 0.1, (number) => ({ permission: `group-${number}:*`, effect: 'deny' })),
      ],
      names: upTo(count * 0.9, groupName),
      questions: some(count * 0.1, (number) => ({ permission: groupName(number) })),
      answer: false,
      controls: [{ permission: groupName(Math.floor(count * 0.9) - 1) }],
      usable: upTo(count * 0.8, (number) => groupName(number + Math.floor(count * 0.1))),
    }),
  },
];

function otherName(number) {
  return `other-${number}:read`;
}
