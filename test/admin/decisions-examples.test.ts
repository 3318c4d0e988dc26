// Every example of AuthZEN Authorization API 1.0 is answered as the standard answers it.

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { stopServers } from '../flow/frameworks.ts';
import { adminScene } from './admin-scene.ts';
import type { Answered, Scene } from './admin-scene.ts';
import { paged, permissions, searches, several, single, users } from './authzen-examples.ts';

let scene: Scene;
const url = 'https://pdp.example.com';
const requestId = 'bfe9eb29-ab87-4ca3-be83-a1d5d8305716';

beforeAll(async () => {
  scene = await adminScene({ permissions, store: { users }, url });
});

afterAll(async () => {
  await scene.close();
  await stopServers();
});

function post(path: string, body: unknown): Promise<Answered> {
  return scene.call('POST', `/access/v1/${path}`, { body, headers: { 'x-request-id': requestId } });
}

describe('an example of an evaluation', () => {
  it.each(single)('%s', async (_name, request, decision) => {
    const answer = await post('evaluation', request);
    expect(answer).toMatchObject({ status: 200, body: { decision } });
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(answer.headers.get('x-request-id')).toBe(requestId);
  });
});

describe('an example of several evaluations', () => {
  it.each(several)('%s', async (_name, request, decisions) => {
    const answer = await post('evaluations', request);
    expect(answer.status).toBe(200);
    expect(answer.body).not.toHaveProperty('decision');
    expect((answer.body as { evaluations: object[] }).evaluations).toMatchObject(
      decisions.map((decision) => ({ decision })),
    );
    expect(answer.headers.get('x-request-id')).toBe(requestId);
  });
});

describe('an example of a search', () => {
  it.each(searches)('%s', async (path, request, results) => {
    const answer = await post(`search/${path}`, request);
    expect(answer).toMatchObject({ status: 200, body: { page: { next_token: '', count: results.length } } });
    expect((answer.body as { results: unknown }).results).toEqual(results);
    expect(Object.keys(answer.body as object)[0]).toBe('page');
    expect(answer.headers.get('x-request-id')).toBe(requestId);
  });

  it('goes through three results, two at a time', async () => {
    const first = await post('search/resource', paged.first);
    const { page } = first.body as { page: { next_token: string } };
    expect(first.body).toMatchObject({
      page: { next_token: expect.stringMatching(/^.+$/), count: 2, total: 3 },
      results: [
        { type: 'account', id: '123' },
        { type: 'account', id: '456' },
      ],
    });
    expect((await post('search/resource', paged.second(page.next_token))).body).toEqual({
      page: { next_token: '', count: 1, total: 3 },
      context: { complete: true },
      results: [{ type: 'account', id: '789' }],
    });
  });
});

describe('the metadata', () => {
  it('says where everything is, to everybody', async () => {
    const answer = await scene.call('GET', '/.well-known/authzen-configuration', { as: null });
    expect(answer).toMatchObject({ status: 200 });
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(answer.body).toEqual({
      policy_decision_point: url,
      access_evaluation_endpoint: `${url}/access/v1/evaluation`,
      access_evaluations_endpoint: `${url}/access/v1/evaluations`,
      search_subject_endpoint: `${url}/access/v1/search/subject`,
      search_resource_endpoint: `${url}/access/v1/search/resource`,
      search_action_endpoint: `${url}/access/v1/search/action`,
    });
  });

  it('is not there where nobody has said what the address is', async () => {
    const other = await adminScene();
    const headers = { host: 'evil.example' };
    const answer = await other.call('GET', '/.well-known/authzen-configuration', { as: null, headers });
    expect(answer).toMatchObject({ status: 404, body: expect.stringContaining('not configured') });
    await other.close();
  });
});
