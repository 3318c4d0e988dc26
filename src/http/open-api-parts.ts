// The parts of an OpenAPI 3.1 document that are the same for every API: the answers of guards (RFC 6750, RFC 9457).

/** The name of each answer, by status. */
export const answerNames = { 401: 'MissingOrInvalidToken', 403: 'NotPermitted', 503: 'AccessUnavailable' } as const;

export type AnswerStatus = keyof typeof answerNames;

const header = (description: string): object => ({ description, schema: { type: 'string' } });

function answer(description: string, headers?: object): object {
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/AccessProblem' } } };
  return headers === undefined ? { description, content } : { description, headers, content };
}

const challenge = { 'WWW-Authenticate': header('The challenge of RFC 6750 section 3.') };

export const answers: Readonly<Record<string, object>> = {
  MissingOrInvalidToken: answer('There is no access token, or it is not valid here.', challenge),
  NotPermitted: answer('The token does not delegate this, or whom it stands for does not hold it.', challenge),
  AccessUnavailable: answer('Access cannot be decided at the moment.', {
    'Retry-After': header('After how many seconds to try again.'),
  }),
};

export const schemas: Readonly<Record<string, object>> = {
  AccessProblem: {
    description: 'Why access was refused (RFC 9457).',
    type: 'object',
    required: ['type', 'title', 'status', 'detail', 'code'],
    properties: {
      type: { type: 'string', format: 'uri' },
      title: { type: 'string' },
      status: { type: 'integer' },
      detail: { type: 'string' },
      code: {
        enum: [
          'missing_token',
          'invalid_request',
          'invalid_token',
          'insufficient_scope',
          'insufficient_privilege',
          'policy_refused',
          'not_found',
          'unavailable',
        ],
      },
      missing: {
        description: 'What is lacking.',
        type: 'array',
        items: {
          type: 'object',
          properties: { permission: { type: 'string' }, on: { type: 'string' }, policy: { type: 'string' } },
        },
      },
      scope: { description: 'The scopes to ask for.', type: 'string' },
    },
  },
};
