// A line of text goes in and out, under its label.

export function TextField({
  label,
  note,
  name,
  value,
  onChange,
  ...more
}: {
  label: string;
  /** What to know about it, beside the label. */
  note?: string;
  name: string;
  value: string;
  onChange: (value: string) => void;
  required?: boolean;
  maxLength?: number;
  list?: string;
  disabled?: boolean;
}) {
  return (
    <label>
      {label} {note !== undefined && <span class="quiet">{note}</span>}
      <input
        type="text"
        name={name}
        value={value}
        autocomplete="off"
        autocapitalize="none"
        spellcheck={false}
        onInput={(event) => onChange(event.currentTarget.value)}
        {...more}
      />
    </label>
  );
}
