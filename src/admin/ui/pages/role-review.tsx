// What a change would come to goes in; it comes out for people, with the reason that the audit shall keep.

import { useEffect, useRef } from 'preact/hooks';
import type { Effects } from '../answers.ts';
import { EffectsList } from '../parts/effects-list.tsx';
import { WhyField } from '../parts/why-field.tsx';

export function RoleReview({ effects, why, onWhy }: { effects: Effects; why: string; onWhy: (why: string) => void }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section class="review" aria-labelledby="review">
      <h3 id="review" tabIndex={-1} ref={heading}>
        What would change
      </h3>
      <EffectsList effects={effects} />
      <WhyField value={why} onChange={onWhy} />
    </section>
  );
}
