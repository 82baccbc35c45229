import { readFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { z } from "zod";
import { castAt, forgeIn } from "../foundry.ts";
import { ProjectFolder } from "../project-folder.ts";
import { type Across, DIRECTIONS } from "./chains.ts";

const SCRIPT = "script/Across.s.sol";
const hash = z.templateLiteral(["0x", z.string().regex(/^[0-9a-f]{64}$/)]);
const run = z.object({ transactions: z.array(z.object({ hash })) });
const runs = z.object({ deployments: z.array(run) });

/** Scripts of forge, compiled by npm's solc: forge would fetch one of its own. */
export function forgeTests(across: () => Across): void {
  let project: ProjectFolder;
  before(async () => {
    project = await ProjectFolder.copy("foundry", "src");
  });
  after(async () => {
    await project[Symbol.asyncDispose]();
  });

  const broadcast = async (file: string): Promise<unknown> =>
    JSON.parse(await readFile(path.join(project.folder, "broadcast", file), "utf8"));

  for (const [from, to] of DIRECTIONS)
    it(`deploys on both chains by one script, and calls ${to.toUpperCase()} from ${from.toUpperCase()}`, async () => {
      const { l1, a, user, [from]: near, [to]: far } = across();
      const forge = forgeIn(project.folder, {
        L1_URL: l1.gateway,
        A_URL: a.gateway,
        NEAR: from,
        FAR: to,
        FAR_ID: String(far.id),
        MANAGER: near.manager,
      });
      const byKey = ["--broadcast", "--private-key", user.privateKey];
      const deployed = await forge("script", `${SCRIPT}:Deploy`, "--multi", ...byKey);
      expect(deployed).to.include("ONCHAIN EXECUTION COMPLETE & SUCCESSFUL");
      const [, counter = ""] = /^counter: contract Counter (0x[0-9a-fA-F]{40})$/m.exec(deployed) ?? [];
      const [, caller = ""] = /^caller: contract CounterCaller (0x[0-9a-fA-F]{40})$/m.exec(deployed) ?? [];
      const { deployments } = runs.parse(await broadcast("multi/Across.s.sol-latest/run.json"));
      expect(deployments.map(({ transactions }) => transactions.length)).to.deep.equal([1, 2]);

      const bump = ["script", `${SCRIPT}:Bump`, "--sig", "run(address)", caller, "--rpc-url", from];
      const alone: unknown = await forge(...bump, ...byKey).catch((error: unknown) => error);
      expect(String(alone), "by forge's own EVM, which has one chain").to.include(
        "Simulated execution failed",
      );

      for (const signer of [byKey, ["--broadcast", "--unlocked", "--sender", user.address]])
        await forge(...bump, ...signer, "--skip-simulation");
      expect(await castAt(near.gateway)("call", caller, "lastResult()(uint256)")).to.equal("2");
      expect(await castAt(far.gateway)("call", counter, "count()(uint256)")).to.equal("2");
      const latest = run.parse(await broadcast(`Across.s.sol/${near.evmChainId}/run-latest.json`));
      const [sent] = latest.transactions;
      expect(await castAt(near.gateway)("receipt", sent?.hash ?? "", "status")).to.equal("true");
    });
}
