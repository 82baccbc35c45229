import { defineConfig } from "lockstep/config";

const names: readonly string[] = ["shop", "vault"];

export default defineConfig({
  portBase: 0,
  start: { rollups: names.map((name) => ({ name, kind: "evm" })), proofs: "none", accounts: 2, play: false },
});

// @ts-expect-error modes are "real" and "none"
defineConfig({ start: { proofs: "some" } });
// @ts-expect-error there is no such key
defineConfig({ starting: {} });
