// oidc-provider speaks to whoever deploys it (key storage, supported Node.js versions), some of it on stdout, where this
// demo promises one line of JSON. Imported before oidc-provider, this drops those lines and no others.

for (const method of ['info', 'warn'] as const) {
  const write = console[method].bind(console);
  console[method] = (...data: unknown[]) => {
    if (!/oidc-provider (NOTICE|WARNING):/.test(String(data[0]))) write(...data);
  };
}
