// What went wrong outside the guards goes in, an RFC 9457 problem document comes out. The guards answer in the same form.

import type { ErrorRequestHandler, RequestHandler, Response } from 'express';

export function sendProblem(response: Response, status: number, title: string, detail: string): void {
  response.status(status).type('application/problem+json').json({ type: 'about:blank', title, status, detail });
}

export const noSuchRoute: RequestHandler = (request, response) => {
  sendProblem(response, 404, 'Not found', `There is no ${request.method} ${request.path} here.`);
};

// What express and its body parsers cannot read comes with a status below 500.
export const sendError: ErrorRequestHandler = (error: { status?: number }, _request, response, next) => {
  if (response.headersSent) return next(error);
  const { status = 500 } = error;
  if (status < 500) return sendProblem(response, status, 'Unreadable request', 'This request could not be read.');
  console.error(error);
  sendProblem(response, 500, 'Server error', 'The address book failed. The reason is in its log.');
};
