// Asking the administration for decisions and searches, where the README shows it, between the marks.

/** `token`: of who may ask, with `evaluate:access` and `search:access`. */
export async function answers(url: string, token: string): Promise<unknown[]> {
  // --- evaluation
  const ask = async (path: string, body: object): Promise<unknown> => {
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
    const response = await fetch(`${url}/access/v1/${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return response.json();
  };

  const decision = await ask('evaluation', {
    subject: { type: 'user', id: 'auth0|alice' },
    action: { name: 'read:contacts' },
    resource: { type: 'contacts', id: '7' }, // contacts:id:7
    context: { scopes: 'read:contacts' },
  });
  // { decision: true, context: { reason_admin: { 200: 'read:contacts on contacts:id:7 is held on contacts:*, directly' } } }
  // ---
  // --- search
  const readers = await ask('search/subject', {
    subject: { type: 'user' },
    action: { name: 'read:contacts' },
    resource: { type: 'contacts', id: '7' },
  });
  // { page: { next_token: '', count: 1 }, results: [{ type: 'user', id: 'auth0|alice' }] }
  // ---
  return [decision, readers];
}
