import type { Devnet } from "lockstep-client";

/** What `lockstep start` tells the program that started it. */
export type News =
  | { readonly type: "ready"; readonly devnet: Devnet }
  | { readonly type: "failed"; readonly code: string; readonly message: string; readonly docs: string };

/** Both come from the same version of Lockstep, so the outline is enough. */
export function isNews(message: unknown): message is News {
  return (
    typeof message === "object" &&
    message !== null &&
    "type" in message &&
    (message.type === "failed" || (message.type === "ready" && "devnet" in message))
  );
}
