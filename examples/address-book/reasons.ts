// Decisions and refusals go in, sentences for people come out.

import type { Decision, Missing, Privilege, Reason } from 'rightful';

/** A problem document as the guards answer it (RFC 9457). */
export interface Problem {
  title: string;
  code?: string;
  missing?: readonly Missing[];
}

export function whyPermitted({ because }: Decision): string {
  const reasons = because.flatMap((reason) => ('policy' in reason ? [] : [permitOf(reason)]));
  // Alternatives of a requirement may come down to the same.
  return [...new Set(reasons)].join(' ');
}

export function whyRefused({ title, missing = [] }: Problem, decision: Decision | undefined): string {
  const lacking = missing.length === 0 ? '' : `: ${missing.map(missingText).join(', ')}`;
  const isDenied = decision?.because.some((reason) => !('policy' in reason) && reason.denied.length > 0);
  return `${title}${lacking}${isDenied === true ? ' (there is a denial)' : ''}.`;
}

function permitOf({ delegatedBy, granted }: Exclude<Reason, { policy: string }>): string {
  const delegation =
    delegatedBy === undefined || delegatedBy === 'implicit'
      ? 'Delegated implicitly (first-party)'
      : `Delegated by scope ${delegatedBy.scope}`;
  const [grant] = granted;
  return grant === undefined ? `${delegation}.` : `${delegation}, held ${sourceOf(grant)}.`;
}

function sourceOf({ source, expiresAt }: Privilege): string {
  return `${wayOf(source)}${untilText(expiresAt)}`;
}

function wayOf(source: Privilege['source']): string {
  if (source?.role !== undefined) return `through role ${source.role}`;
  return source?.kind === 'scope' ? 'by what the authorization server assigned' : 'directly';
}

function missingText(missing: Missing): string {
  return 'policy' in missing ? missing.policy : privilegeText(missing);
}

export function privilegeText({ permission, on, effect, expiresAt }: Privilege): string {
  return `${effect === 'deny' ? 'not ' : ''}${permission}${on === undefined ? '' : ` on ${on}`}${untilText(expiresAt)}`;
}

function untilText(expiresAt: number | undefined): string {
  return expiresAt === undefined ? '' : ` until ${new Date(expiresAt).toTimeString().slice(0, 'HH:MM'.length)}`;
}
