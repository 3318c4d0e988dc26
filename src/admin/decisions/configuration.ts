// GET /.well-known/authzen-configuration: where the decision API is (AuthZEN 1.0 section 9).

import type { OpenHandle } from '../exchange.ts';
import { RequestFault } from '../faults.ts';

/** @throws RequestFault when nobody said where it is to be reached (404): nothing is made of what a request names as its host. */
export const showConfiguration: OpenHandle = ({ admin: { url } }) => {
  if (url === undefined) throw new RequestFault(404, 'The address of this service is not configured');
  return {
    status: 200,
    headers: { 'Cache-Control': 'public, max-age=300' },
    body: {
      policy_decision_point: url,
      access_evaluation_endpoint: `${url}/access/v1/evaluation`,
      access_evaluations_endpoint: `${url}/access/v1/evaluations`,
      search_subject_endpoint: `${url}/access/v1/search/subject`,
      search_resource_endpoint: `${url}/access/v1/search/resource`,
      search_action_endpoint: `${url}/access/v1/search/action`,
    },
  };
};
