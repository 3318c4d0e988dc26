// The part of oidc-provider that this demo uses; the package ships no types of its own.
declare module 'oidc-provider' {
  import type { IncomingMessage, ServerResponse } from 'node:http';

  export interface Grant {
    addOIDCScope(scope: string): void;
    rejectOIDCScope(scope: string): void;
    addResourceScope(resource: string, scope: string): void;
    rejectResourceScope(resource: string, scope: string): void;
    save(): Promise<string>;
  }

  export interface Interaction {
    uid: string;
    prompt: { name: string };
    params: Record<string, unknown>;
    session?: { accountId: string };
  }

  export interface KoaContextWithOIDC {
    type: string;
    body: unknown;
    set(headers: Record<string, string>): void;
    oidc: {
      provider: Provider;
      client?: { clientId: string };
      params?: Record<string, unknown>;
      /** Of a request for a token: all of it. */
      body?: Record<string, unknown>;
      result?: InteractionResults;
      session?: {
        accountId?: string;
        /** What the session knows of an application; kept with it. */
        authorizationFor(clientId: string): { hasSignedIn?: boolean };
      };
    };
  }

  export interface InteractionResults {
    login?: { accountId: string };
    consent?: { grantId?: string };
    error?: string;
    error_description?: string;
  }

  export class Provider {
    constructor(issuer: string, configuration: Record<string, unknown>);
    readonly Grant: {
      new (properties: { clientId: string; accountId: string }): Grant;
      find(id: string): Promise<Grant | undefined>;
    };
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>;
    interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<Interaction>;
    interactionFinished(
      request: IncomingMessage,
      response: ServerResponse,
      result: InteractionResults,
      options?: { mergeWithLastSubmission?: boolean },
    ): Promise<void>;
  }

  export const errors: { InvalidTarget: new () => Error };

  export type Check = object;
  export const interactionPolicy: {
    readonly base: () => { get(prompt: string): { checks: Check[] } };
    Check: new (reason: string, description: string, isNeeded: (context: KoaContextWithOIDC) => boolean) => Check;
  };
}
