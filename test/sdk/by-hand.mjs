// Gets a token as version 3 of the SDK does, by JSON, and assigns permissions by the bare call, as in a shell: what came back is
// printed. `node by-hand.mjs 3 <domain>`.

const domain = process.argv[3];
const json = { 'content-type': 'application/json' };
const asked = {
  grant_type: 'client_credentials',
  client_id: 'administrator',
  client_secret: 'a secret',
  audience: `https://${domain}/api/v2/`,
};
const granted = await fetch(`https://${domain}/oauth/token`, {
  method: 'POST',
  headers: json,
  body: JSON.stringify(asked),
});
const { access_token: token } = await granted.json();
const answer = await fetch(`https://${domain}/api/v2/users/auth0%7Calice/permissions`, {
  method: 'POST',
  headers: { ...json, authorization: `Bearer ${token}`, 'cache-control': 'no-cache' },
  body: '{ "permissions": [ { "resource_server_identifier": "https://contacts.example/", "permission_name": "read:contacts" }, { "resource_server_identifier": "https://contacts.example/", "permission_name": "write:contacts" } ] }',
});
process.stdout.write(JSON.stringify({ status: answer.status, body: await answer.json() }));
