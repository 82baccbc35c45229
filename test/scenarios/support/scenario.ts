import { expect } from "chai";
import { checkInvariants } from "./invariants.ts";
import { addLine, table } from "./report.ts";
import type { ChainName, ScenarioChains } from "./scenario-chains.ts";
import { World, type WorldOptions } from "./world.ts";

/** A line of the table of scenarios. */
export interface Scenario extends WorldOptions {
  readonly number: number;
  readonly name: string;
  readonly chains: readonly ChainName[];
}

/** Plays one scenario in a world of its own, and checks what holds after whatever happened. */
export function scenario(options: Scenario, play: (world: World) => Promise<void>): void {
  const title = `${options.number.toString().padStart(2)} ${options.name}`;
  it(`scenario ${title}`, async function () {
    this.timeout(900_000);
    const world = await World.start(options);
    let passed = false;
    try {
      await play(world);
      await checkInvariants(world);
      passed = true;
    } finally {
      addLine({ title, chains: options.chains, passed, gas: world.gas });
      await world.close();
    }
  });
}

/**
 * Plays the same on several chains and on one, and compares what is observed.
 * @param play returns what users can see, and nothing that names addresses.
 * @returns what was observed.
 */
export async function asOnOneChain<Observed>(
  world: World,
  play: (chains: ScenarioChains) => Promise<Observed>,
): Promise<Observed> {
  const distributed = await play(world);
  const reference = await play(world.oneChain);
  expect(distributed, "what is observed, against one chain").to.deep.equal(reference);
  return distributed;
}

// Root hook of the process: all scenarios that it ran are in one table.
after(() => process.stdout.write(`\n${table()}\n`));
