// A reason goes in and out: what the audit will say of a change, in the words of whoever makes it.

export function WhyField({ value, onChange }: { value: string; onChange: (why: string) => void }) {
  return (
    <label>
      Reason <span class="quiet">for the audit</span>
      <input
        type="text"
        name="why"
        maxLength={1000}
        autocomplete="off"
        value={value}
        onInput={(event) => onChange(event.currentTarget.value)}
      />
    </label>
  );
}
