// Columns and rows go in, a table comes out that a narrow screen shows as a list. The roles are spelled out, since what is no table
// to look at is none to listen to either.

import type { ComponentChild, ComponentChildren } from 'preact';

export interface Row {
  readonly key: string;
  /** One for each column; the first one names the row. */
  readonly cells: readonly ComponentChild[];
}

export function Table({
  caption,
  columns,
  rows,
  footer,
}: {
  /** For whoever listens. */
  caption: string;
  /** An empty name: of a column of buttons. */
  columns: readonly string[];
  rows: readonly Row[];
  footer?: ComponentChildren;
}) {
  return (
    <>
      <table role="table" class="stacks" aria-label={caption}>
        <thead role="rowgroup">
          <tr role="row">
            {columns.map((name) => (
              <th key={name} scope="col" role="columnheader">
                {name === '' ? <span class="hidden">Actions</span> : name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody role="rowgroup">
          {rows.map(({ key, cells }) => (
            <tr key={key} role="row">
              {cells.map((cell, at) => (
                <td key={columns[at]} role={at === 0 ? 'rowheader' : 'cell'} data-label={columns[at]}>
                  <div>{cell}</div>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {footer}
    </>
  );
}
