// Before anything is timed: every contender gives the answer that is right, to what is asked and to what must be answered otherwise.

import assert from 'node:assert/strict';
import { bareSet } from './contenders.mjs';

/**
 * @param {import('./contenders.mjs').Contender} contender @param {import('./contenders.mjs').Made} made
 * @param {import('./scenarios.mjs').Scenario} scenario @param {import('./scenarios.mjs').Scene} scene
 */
export function assertAgreement({ name }, { input, ask }, scenario, { questions, controls, answer }) {
  const said = (question) => `${name}, ${scenario.name}: ${JSON.stringify(question)}`;
  for (const question of questions) assert.equal(ask(input(question)), answer, said(question));
  // It knows of no resources.
  if (name === bareSet && scenario.takesResource) return;
  for (const question of controls) assert.equal(ask(input(question)), !answer, said(question));
}
