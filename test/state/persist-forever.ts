/**
 * Child process of state.test.ts: writes and persists one state after another in the folder given, until
 * killed.
 */
import { fieldElement } from "../../builder/protocol/ids.ts";
import { openState } from "../../builder/state/open.ts";
import { loadPoseidon } from "../../builder/state/poseidon.ts";

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error("usage: persist-forever.ts <folder>");
const state = await openState({ poseidon: await loadPoseidon(), identity: "test", shape: "growing", folder });
for (let n = 1n; ; n++) {
  state.tree.upsert(n % 50n, fieldElement(n));
  await state.persist();
  process.stdout.write(`${state.tree.stateRoot().toString()}\n`);
}
