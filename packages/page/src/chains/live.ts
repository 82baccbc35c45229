import { signal } from "@preact/signals";
import * as z from "zod/mini";
import type { Chain } from "./config.ts";

/** How often each chain had something new: who shows a chain reads it, and asks again when it changes. */
export const news = signal<ReadonlyMap<number, number>>(new Map());
/** How often the builder did something. */
export const builderNews = signal(0);
/** Chains whose gateway is connected. */
export const connected = signal<ReadonlySet<number>>(new Set());
/** Chains whose gateway was connected and is not any more, and since when: what is shown of them is old. */
export const lost = signal<ReadonlyMap<number, number>>(new Map());

const pushed = z.object({
  method: z.literal("eth_subscription"),
  params: z.object({ subscription: z.string() }),
});
const subscribed = z.object({ id: z.number(), result: z.string() });

const BUILDER_TOPIC = 2;
const FIRST_WAIT = 500;
const LONGEST_WAIT = 8_000;

/**
 * Listens to a chain's gateway, and connects again when it is gone. What is pushed only says that something
 * is new: what it is, is asked for.
 */
export function listenTo({ id, gateway }: Chain, stop: AbortSignal): void {
  let wait = FIRST_WAIT;
  const connect = (): void => {
    if (stop.aborted) return;
    const socket = new WebSocket(gateway.replace(/^http/, "ws"));
    let builderTopic: string | undefined;
    const end = (): void => socket.close();
    stop.addEventListener("abort", end);
    socket.onopen = () => {
      wait = FIRST_WAIT;
      connected.value = new Set([...connected.value, id]);
      lost.value = new Map([...lost.value].filter(([chain]) => chain !== id));
      const subscribe = (request: number, topic: string): void =>
        socket.send(
          JSON.stringify({ jsonrpc: "2.0", id: request, method: "eth_subscribe", params: [topic] }),
        );
      subscribe(1, "newHeads");
      if (id === 0) subscribe(BUILDER_TOPIC, "lockstep");
      // Whatever came while nothing was heard.
      tell(id);
      if (id === 0) builderNews.value++;
    };
    socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      const message = parse(data);
      const begun = subscribed.safeParse(message);
      if (begun.success && begun.data.id === BUILDER_TOPIC) builderTopic = begun.data.result;
      const push = pushed.safeParse(message);
      if (!push.success) return;
      if (push.data.params.subscription === builderTopic) builderNews.value++;
      else tell(id);
    };
    socket.onclose = () => {
      stop.removeEventListener("abort", end);
      if (connected.value.has(id)) lost.value = new Map([...lost.value, [id, Date.now()]]);
      connected.value = new Set([...connected.value].filter((chain) => chain !== id));
      setTimeout(connect, wait);
      wait = Math.min(wait * 2, LONGEST_WAIT);
    };
  };
  connect();
}

function tell(chain: number): void {
  news.value = new Map([...news.value, [chain, (news.value.get(chain) ?? 0) + 1]]);
}

function parse(data: unknown): unknown {
  if (typeof data !== "string") return undefined;
  try {
    return JSON.parse(data);
  } catch {
    return undefined;
  }
}
