import { expect } from "chai";
import { asOnOneChain, scenario } from "./support/scenario.ts";
import { alice } from "./support/world.ts";

scenario({ number: 3, name: "greeting", chains: ["L1", "A"] }, async (world) => {
  const word = "Grüße aus dem Rollup: 32 bytes are not enough for everybody ✓";
  const observed = await asOnOneChain(world, async (chains) => {
    const greeter = await chains.deploy("A", "Greeter", [word]);
    const board = await chains.deploy("L1", "GreetingBoard", [greeter]);
    const sent = await chains.send({ on: "L1", by: alice, to: board, call: "greet" });
    return { stored: await chains.read(board, "word"), events: sent.events(board) };
  });
  expect(observed).to.deep.equal({
    stored: word,
    events: [{ name: "Greeted", args: { by: alice.address, word } }],
  });
});
