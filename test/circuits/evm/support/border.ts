import type { Address } from "viem";
import { traceVisit, type VisitTrace } from "../../../../builder/kinds/evm/trace/visit.ts";
import { RollupProxies } from "../../../../builder/proving/bus/proxies.ts";
import { loadPoseidon, type Poseidon } from "../../../../builder/state/poseidon.ts";
import { recentPoseidon } from "../../../../builder/state/recent.ts";
import { TestRollup } from "../../../kinds/evm/reference/rollup.ts";
import { runtimeCode } from "./runtime-code.ts";
import { flawsOf } from "./visit-flaws.ts";

type TracedVisit = Omit<Parameters<typeof traceVisit>[0], "poseidon" | "proxies">;

/** A rollup with a counter, whose visits are traced and judged. */
export class BorderRollup implements AsyncDisposable {
  readonly rollup: TestRollup;
  readonly counter: Address;
  readonly poseidon: Poseidon;
  readonly proxies: RollupProxies;

  private constructor(rollup: TestRollup, counter: Address, poseidon: Poseidon, proxies: RollupProxies) {
    this.rollup = rollup;
    this.counter = counter;
    this.poseidon = poseidon;
    this.proxies = proxies;
  }

  static async open(): Promise<BorderRollup> {
    const poseidon = recentPoseidon(await loadPoseidon(), 1 << 15);
    const rollup = await TestRollup.open();
    const { address } = await rollup.deploy(await runtimeCode("examples/Counter.sol", "Counter"));
    return new BorderRollup(rollup, address, poseidon, RollupProxies.read());
  }

  async trace(visit: TracedVisit): Promise<VisitTrace> {
    return await traceVisit({ poseidon: this.poseidon, proxies: this.proxies, ...visit });
  }

  flawsOf(trace: VisitTrace): string[] {
    return flawsOf(trace, this.poseidon);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.rollup.close();
  }
}
