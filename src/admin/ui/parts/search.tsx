// A search that the address names goes in, a field for it comes out: what is typed goes into the address when it is sent.

import { useEffect, useState } from 'preact/hooks';
import { goTo, hrefTo } from '../router.ts';

export function Search({
  path,
  query,
  name,
  label,
}: {
  path: readonly string[];
  query: URLSearchParams;
  /** Of the parameter in the address. */
  name: string;
  label: string;
}) {
  const current = query.get(name) ?? '';
  const [text, setText] = useState(current);
  useEffect(() => setText(current), [current]);
  return (
    <search>
      <form
        class="search"
        onSubmit={(event) => {
          event.preventDefault();
          goTo(hrefTo(path, { ...Object.fromEntries(query), [name]: text.trim(), page: undefined }));
        }}
      >
        <label>
          {label}
          <input type="search" name={name} value={text} onInput={(event) => setText(event.currentTarget.value)} />
        </label>
        <button type="submit" class="secondary">
          Search
        </button>
      </form>
    </search>
  );
}
