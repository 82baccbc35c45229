import { watch } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import type { TrialBuilder } from "./builder.ts";

/** A moment at which a builder dies. */
export interface KillPoint {
  readonly name: string;
  /** Resolves in that moment. */
  readonly reach: (builder: TrialBuilder, random: () => number) => Promise<void>;
}

/** Requests to the node, by what a builder is at; those of the turn come in this order. */
const REQUESTS: readonly (readonly [name: string, body: RegExp, count?: number])[] = [
  ["simulating", /"eth_getStorageAt"/],
  ["measuring the batch", /"eth_estimateGas"|"eth_simulateV1"/],
  ["taking the turn", /"eth_uninstallFilter"/],
  ["noting the turn's deadline", /"hardhat_setStorageAt"/],
  ["noting the turn's holder", /"hardhat_setStorageAt"/, 2],
  ["noting that mining was on", /"hardhat_setStorageAt"/, 4],
  ["putting mining off", /"evm_setAutomine","params":\[false\]/],
  ["taking a snapshot", /"evm_snapshot"/],
  ["setting the block's time", /"evm_setNextBlockTimestamp"/],
  ["sending the batch", /"eth_sendRawTransaction"/],
  ["sending a transaction behind it", /"eth_sendRawTransaction"/, 2],
  ["making the block", /"hardhat_mine"/],
  ["reading receipts", /"eth_getTransactionReceipt"/],
  ["judging the block", /"debug_traceTransaction"|"debug_traceCall"/],
  ["putting mining on", /"evm_setAutomine","params":\[true\]/],
  ["giving the turn back", /"eth_newBlockFilter"/],
  ["following", /"eth_getLogs"/],
];
const EVENTS = ["accepted", "simulated", "proving", "proven", "posted"] as const;
const FILES = [/^pending/, /^inclusion/, /^outcomes/, /^proofs/, /^rollup-1/, /^rollup-2/] as const;

/** At the n-th request like this: before it reaches the node, or after, with its answer lost. */
function atRequest(name: string, body: RegExp, count: number, fate: "swallowed" | "mute"): KillPoint {
  return {
    name: `${name}, ${fate === "mute" ? "done" : "not done"}`,
    reach: ({ relay }) =>
      new Promise((resolve) => {
        let seen = 0;
        relay.decide((text) => (body.test(text) && ++seen === count ? fate : "answered"), resolve);
      }),
  };
}

const atEvent = (event: string): KillPoint => ({
  name: `having ${event}`,
  reach: (builder) =>
    new Promise((resolve) => {
      builder.onEvent((told) => {
        if (told === event) resolve();
      });
    }),
});

const atFile = (file: RegExp): KillPoint => ({
  name: `writing ${file.source.slice(1)}`,
  reach: async ({ folder }) => {
    const end = new AbortController();
    await new Promise<void>((resolve) => {
      watch(folder, { recursive: true, signal: end.signal }, (_, name) => {
        if (name !== null && file.test(name)) resolve();
      });
    });
    end.abort();
  },
});

/** Every stage of a transaction's way. */
export const KILL_POINTS: readonly KillPoint[] = [
  ...REQUESTS.flatMap(([name, body, count = 1]) => [
    atRequest(name, body, count, "swallowed"),
    atRequest(name, body, count, "mute"),
  ]),
  ...EVENTS.map(atEvent),
  ...FILES.map(atFile),
  {
    name: "at any moment",
    reach: async (_, random) => {
      await sleep(random() * 500);
    },
  },
];

/** How long a point is waited for, milliseconds; a process that does not come to it dies all the same. */
const LONGEST = 10_000;

/**
 * Kills the builder's process at the point.
 * @returns whether it came to it.
 */
export async function killAt(
  { reach }: KillPoint,
  builder: TrialBuilder,
  random: () => number,
): Promise<boolean> {
  const isReached = await Promise.race([
    reach(builder, random).then(() => true),
    sleep(LONGEST, false, { ref: false }),
  ]);
  await builder.kill();
  return isReached;
}
