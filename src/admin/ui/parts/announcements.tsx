// What was just done goes in; it is shown for a while, and told to whoever listens (WAI-ARIA 1.2, role status).

import { useEffect, useState } from 'preact/hooks';

const listeners = new Set<(text: string) => void>();

export function announce(text: string): void {
  for (const listener of listeners) listener(text);
}

const shownMs = 8_000;

export function Announcements() {
  const [text, setText] = useState('');
  useEffect(() => {
    listeners.add(setText);
    return () => void listeners.delete(setText);
  }, []);
  useEffect(() => {
    if (text === '') return undefined;
    const timer = setTimeout(() => setText(''), shownMs);
    return () => clearTimeout(timer);
  }, [text]);
  // It is there from the start: what comes together with its text is not told by every screen reader.
  return (
    <div class="announcements" role="status">
      {text !== '' && <p>{text}</p>}
    </div>
  );
}
