import { expect } from "chai";
import { asOnOneChain, scenario } from "./support/scenario.ts";
import { alice } from "./support/world.ts";

scenario({ number: 3, name: "greeting", chains: ["L1", "A"] }, async (world) => {
  const word = "Grüße aus dem Rollup: 32 bytes are not enough for everybody ✓";
  const observed = await asOnOneChain(world, async (stage) => {
    const greeter = await stage.deploy("A", "Greeter", [word]);
    const board = await stage.deploy("L1", "GreetingBoard", [greeter]);
    const sent = await stage.send({ on: "L1", by: alice, to: board, call: "greet" });
    return { stored: await stage.read(board, "word"), events: sent.events(board) };
  });
  expect(observed).to.deep.equal({
    stored: word,
    events: [{ name: "Greeted", args: { by: alice.address, word } }],
  });
});
