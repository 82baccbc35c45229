import { signal } from "@preact/signals";
import type { JSX } from "preact";

/** Milliseconds since 1970, every second. */
export const now = signal(Date.now());

export function keepTime(): void {
  setInterval(() => {
    now.value = Date.now();
  }, 1_000);
}

export function ageText(milliseconds: number): string {
  const seconds = Math.max(Math.floor(milliseconds / 1_000), 0);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3_600)} h`;
}

/** How long ago something was. */
export function Age({ at }: { readonly at: number }): JSX.Element {
  return (
    <time dateTime={new Date(at).toISOString()} title={new Date(at).toLocaleString()}>
      {`${ageText(now.value - at)} ago`}
    </time>
  );
}
