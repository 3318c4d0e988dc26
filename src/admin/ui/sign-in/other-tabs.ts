// That somebody signs out goes in; every other tab of this dashboard comes to know it, so that none stays open behind their back.

import { baseAddress } from '../api.ts';

export interface OtherTabs {
  /** `person`: who signs out here. */
  tell(person: string): void;
}

/** `hear`: is called with who has signed out in another tab. Nothing but that is ever said. */
export function otherTabs(hear: (person: string) => void): OtherTabs {
  const channel = new BroadcastChannel(`rightful:signed-out:${baseAddress().pathname}`);
  channel.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (typeof data === 'string') hear(data);
  });
  return {
    tell(person) {
      // A channel is of one origin, and takes no other.
      // oxlint-disable-next-line unicorn/require-post-message-target-origin
      channel.postMessage(person);
    },
  };
}
