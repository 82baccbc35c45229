import { assertMinesOnDemand } from "../../builder/post/mining-mode.ts";
import { connectL1 } from "../../builder/l1/client.ts";
import type { L1 } from "../core/setup.ts";
import { expectCode } from "../protocol/expect-code.ts";
import { nodes } from "./nodes.ts";

describe("a node that makes blocks by a timer", function () {
  this.timeout(60_000);
  for (const { name, missing, start } of nodes) {
    const refuses = name === "anvil";
    const title = `is ${refuses ? "refused by name" : "taken: split blocks are taken back there"}: ${name}`;
    it(missing === undefined ? title : `${title} (${missing})`, async function () {
      if (missing !== undefined) this.skip();
      await using stack = new AsyncDisposableStack();
      const l1: L1 = await start();
      stack.defer(() => l1.close());
      const client = connectL1(l1.url);
      await assertMinesOnDemand(client);
      await l1.node.setAutomine(false);
      await assertMinesOnDemand(client);
      await l1.node.setIntervalMining({ interval: 60 });
      // Where it is not refused, it returns.
      if (refuses) await expectCode(assertMinesOnDemand(client), "INTERVAL_MINING");
      else await assertMinesOnDemand(client);
    });
  }
});
