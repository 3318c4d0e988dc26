// When something ends goes in and out: local time as the browser's own field writes it.

export function EndsField({ value, onChange }: { value: string; onChange: (ends: string) => void }) {
  return (
    <label>
      Ends <span class="quiet">empty: never</span>
      <input type="datetime-local" name="ends" value={value} onInput={(event) => onChange(event.currentTarget.value)} />
    </label>
  );
}

/** Milliseconds since 1970; undefined: nothing was chosen. */
export function instantIn(local: string): number | undefined {
  const milliseconds = new Date(local).getTime();
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}
