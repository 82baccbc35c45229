import { expect } from "chai";
import { checkStatement } from "../../../builder/kinds/evm/reference/check-statement.ts";
import { Chains } from "../../../builder/core/chains.ts";
import { connectL1 } from "../../../builder/l1/client.ts";
import { L1_CHAIN_ID, type World } from "./world.ts";

/** What holds after whatever happened. */
export async function checkInvariants(world: World): Promise<void> {
  await world.builder.idle();
  let held = 0n;
  for (const { name, id } of world.rollups) {
    const { root, ether } = await world.onL1(name);
    held += ether;
    expect(await world.builder.stateRoot(id), `the builder's root of ${name}`).to.equal(root);
  }
  const { manager } = world;
  const balance = await world.l1.reader.getBalance({ address: manager });
  expect(held, "the rollups' Ether on L1, and what Rollups holds").to.equal(balance);
  await checkReplay(world);
  // Every visit that was proven, those that were abandoned or not used included.
  for (const { statements } of world.rollups)
    for (const statement of statements) await checkStatement(statement);
}

/** Rollups that know nothing but L1 come to the same roots. */
async function checkReplay({ l1, rollups, manager }: World): Promise<void> {
  const chains = await Chains.open({
    l1: connectL1(l1.url),
    manager,
    l1ChainId: L1_CHAIN_ID,
    rollups: rollups.map(({ id, kind }) => ({ id, kind })),
    folder: undefined,
    maxBatchAge: 600n,
    firstBlock: 0n,
  });
  try {
    await chains.hold(async ({ head, machines }) => {
      for (const { name, id } of rollups) {
        const root = head.rollups.get(id)?.root;
        expect(root, `rollup ${name} on L1`).to.be.a("bigint");
        expect(machines.get(id)?.stateRoot(), `root of ${name} from L1's data alone`).to.equal(root);
      }
    });
  } finally {
    await chains[Symbol.asyncDispose]();
  }
}
