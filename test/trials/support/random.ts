import { seedOf } from "../../contracts/seed.ts";
import { say } from "./say.ts";

/** Numbers in [0, 1) whose seed is printed; LOCKSTEP_TRIAL_SEED replays them. */
export function randomOf(what: string): () => number {
  let state = seedOf("LOCKSTEP_TRIAL_SEED") >>> 0;
  say(`${what}: LOCKSTEP_TRIAL_SEED=${state}`);
  // mulberry32
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
