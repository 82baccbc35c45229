import path from "node:path";
import { createHardhatRuntimeEnvironment, importUserConfig } from "hardhat/hre";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import { PROJECT_ROOT } from "../places/places.ts";

let environment: Promise<HardhatRuntimeEnvironment> | undefined;

/** Hardhat with this project's configuration, independent of the working directory. */
export function hardhat(): Promise<HardhatRuntimeEnvironment> {
  environment ??= open();
  return environment;
}

async function open(): Promise<HardhatRuntimeEnvironment> {
  const config = path.join(PROJECT_ROOT, "hardhat.config.ts");
  return createHardhatRuntimeEnvironment(await importUserConfig(config), { config }, PROJECT_ROOT);
}
