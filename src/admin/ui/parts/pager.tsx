// Which part of how many goes in, links to the parts before and after it come out.

import { hrefTo } from '../router.ts';

export const pageSize = 50;

/** The offset that the address asks for. */
export function offsetIn(query: URLSearchParams, size = pageSize): number {
  const page = Number(query.get('page') ?? '1');
  return Number.isSafeInteger(page) && page > 1 ? Math.min((page - 1) * size, 1_000_000) : 0;
}

export function Pager({
  path,
  query,
  total,
  count,
  size = pageSize,
}: {
  path: readonly string[];
  query: URLSearchParams;
  total: number;
  /** How many are shown. */
  count: number;
  /** How many there are on a page. */
  size?: number;
}) {
  const offset = offsetIn(query, size);
  const page = offset / size + 1;
  const hrefOf = (to: number): string =>
    hrefTo(path, { ...Object.fromEntries(query), page: to === 1 ? undefined : to });
  if (total <= size && page === 1) return null;
  const last = offset + count;
  return (
    <nav class="pager" aria-label="Pages">
      {page > 1 && (
        <a href={hrefOf(page - 1)} rel="prev">
          Previous
        </a>
      )}
      <span>
        {count === 0 ? 'Nothing here' : `${(offset + 1).toLocaleString()} to ${last.toLocaleString()}`} of{' '}
        {total.toLocaleString()}
      </span>
      {last < total && count > 0 && (
        <a href={hrefOf(page + 1)} rel="next">
          Next
        </a>
      )}
    </nav>
  );
}
