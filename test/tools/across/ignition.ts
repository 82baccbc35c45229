import { writeFile } from "node:fs/promises";
import path from "node:path";
import { expect } from "chai";
import { castAt } from "../foundry.ts";
import { ProjectFolder } from "../project-folder.ts";
import { type Across, DIRECTIONS } from "./chains.ts";

/** Modules of Hardhat Ignition, by the networks of a project. */
export function ignitionTests(across: () => Across): void {
  let project: ProjectFolder;
  before(async () => {
    const { l1, a } = across();
    project = await ProjectFolder.open({ l1: l1.gateway, a: a.gateway });
    await project.hardhat("build", "--quiet");
  });
  after(async () => {
    await project[Symbol.asyncDispose]();
  });

  /** @returns the address of what a module deploys. */
  async function deploy(module: string, network: string, ...options: string[]): Promise<string> {
    const chosen = ["--network", network, "--deployment-id", `${network}-${module}`];
    const file = `ignition/modules/${module}.js`;
    const output = await project.hardhat("ignition", "deploy", file, ...chosen, ...options);
    const [, address] = new RegExp(`#${module} - (0x[0-9a-fA-F]{40})$`, "m").exec(output) ?? [];
    if (address === undefined) throw new Error(output);
    return address;
  }

  for (const [from, to] of DIRECTIONS)
    it(`makes a proxy on ${from.toUpperCase()} in a module, and calls ${to.toUpperCase()} by it`, async () => {
      const { [from]: near, [to]: far } = across();
      const counter = await deploy("Counter", to);
      const parameters = path.join(project.folder, `${from}.json`);
      const { manager } = near;
      await writeFile(parameters, JSON.stringify({ Near: { manager, counter, chain: Number(far.id) } }));
      const caller = await deploy("CounterCaller", from, "--parameters", parameters);
      expect(await castAt(near.gateway)("call", caller, "lastResult()(uint256)")).to.equal("1");
      expect(await castAt(far.gateway)("call", counter, "count()(uint256)")).to.equal("1");
    });
}
