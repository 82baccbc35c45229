import { plainText } from "lockstep-client/words";
import { useEffect, useState } from "preact/hooks";

/** What is asked for: not there yet, there, or refused. It stays until there is something newer. */
export type Loaded<Value> =
  | { readonly state: "loading" }
  | { readonly state: "ready"; readonly value: Value }
  | { readonly state: "failed"; readonly reason: string };

const LEAST_PAUSE = 250;

/**
 * Asks, and asks again whenever one of `reasons` changes, but not more than four times a second.
 * @param subject what it is about: when that changes, what was there before is forgotten.
 */
export function useLoaded<Value>(
  ask: () => Promise<Value>,
  subject: string,
  reasons: readonly unknown[],
): Loaded<Value> {
  const [loaded, setLoaded] = useState<{ subject: string; loaded: Loaded<Value> }>({
    subject,
    loaded: { state: "loading" },
  });
  useEffect(() => {
    let isOld = false;
    const set = (next: Loaded<Value>): void => {
      if (!isOld) setLoaded({ subject, loaded: next });
    };
    const later = setTimeout(
      () => {
        ask().then(
          (value) => set({ state: "ready", value }),
          (error: unknown) => set({ state: "failed", reason: reasonOf(error) }),
        );
      },
      loaded.subject === subject && loaded.loaded.state !== "loading" ? LEAST_PAUSE : 0,
    );
    return () => {
      isOld = true;
      clearTimeout(later);
    };
  }, [subject, ...reasons]);
  return loaded.subject === subject ? loaded.loaded : { state: "loading" };
}

/** Characters of a reason that are shown. */
const MOST = 400;

/** In a line. */
export function reasonOf(error: unknown): string {
  return plainText(wholeReason(error), MOST);
}

function wholeReason(error: unknown): string {
  if (typeof error === "object" && error !== null) {
    if ("details" in error && typeof error.details === "string" && error.details !== "") return error.details;
    if ("shortMessage" in error && typeof error.shortMessage === "string") return error.shortMessage;
  }
  return error instanceof Error ? error.message : String(error);
}
