// 'rightful/client': for the application that calls the API. It runs in browsers and has no dependency.

export { afterRefusal } from './client/after-refusal.ts';
export type { NextStep } from './client/after-refusal.ts';
export { compareGrant } from './client/compare-grant.ts';
export type { Grant, GrantComparison } from './client/compare-grant.ts';
export { withStepUp } from './client/step-up.ts';
export type { StepUpOptions } from './client/step-up.ts';
