import path from "node:path";
import { expect } from "chai";
import { z } from "zod";
import { findChromium, NO_CHROMIUM } from "../../trials/support/chromium.ts";
import { PageServer, shownPage } from "../../trials/support/page-server.ts";
import { type Across, DIRECTIONS } from "./chains.ts";
import { counterAndCaller } from "./counters.ts";

const PAGE = path.resolve(import.meta.dirname, "page/page.js");
const report = z.array(z.record(z.string(), z.string()));
const executable = await findChromium();

/** A page in a browser; what pages of other origins may not is in test/trials and test/gateway. */
export function pageTests(across: () => Across): void {
  it(`uses both gateways, and is told of each call by the other chain${executable === undefined ? `: ${NO_CHROMIUM}` : ""}`, async function () {
    if (executable === undefined) this.skip();
    await using server = await PageServer.open(PAGE, report);
    const checks = [];
    for (const [from, to] of DIRECTIONS) {
      const { [from]: near, [to]: far, user } = across();
      const contracts = await counterAndCaller(far, near, user);
      checks.push({ near: near.gateway, far: far.gateway, account: user.address, ...contracts });
    }
    server.check = checks;
    const seen = { before: "0", played: "1", status: "success", kept: "1", told: "1" };
    expect(await shownPage(server, executable)).to.deep.equal([seen, seen]);
  });
}
