// The doors of Express and of Koa have the same names, and so have the guards that they make.

import { expect, test } from '@jest/globals';
import * as express from 'rightful/express';
import * as koa from 'rightful/koa';
import { options } from './scene.ts';

const expressAlone = ['fromRequestAuth', 'verifierFrom'];

test('what is in rightful/express is in rightful/koa, but for what reads the middleware of Express', () => {
  const names = Object.keys(express).filter((name) => !expressAlone.includes(name));
  expect(Object.keys(koa).toSorted()).toEqual(names.toSorted());
  expect(Object.keys(express)).toEqual(expect.arrayContaining(expressAlone));
});

test('the guards of both have the same names', () => {
  expect(Object.keys(koa.createGuards(options())).toSorted()).toEqual(
    Object.keys(express.createGuards(options())).toSorted(),
  );
});
