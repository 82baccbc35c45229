import type { LocalAccount } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { z } from "zod";
import { ledgerKind } from "../../kinds/ledger/index.ts";
import { developmentAccount } from "../accounts.ts";
import { prepareArtefacts } from "../artefacts.ts";
import { parseConfiguration, privateKey, rpcUrl } from "../configuration.ts";
import { deploy } from "../deploy.ts";

const configuration = z.object({ rpc: rpcUrl, key: privateKey.optional() });

/**
 * Puts the contracts and one ledger on the L1 behind `rpc`, and prints what a builder needs to know.
 * The account of LOCKSTEP_KEY pays, by default the first development account.
 * @throws `INVALID_CONFIGURATION`; `DEVELOPMENT_KEY` before anything is sent to a chain that is not local; `DEPLOYMENT`.
 */
export async function runDeploy(options: { readonly rpc: string }): Promise<void> {
  const { rpc, key } = parseConfiguration(configuration, { ...options, key: process.env.LOCKSTEP_KEY });
  const account: LocalAccount = key === undefined ? developmentAccount(0) : privateKeyToAccount(key);
  const circuits = await prepareArtefacts();
  const { evmChainId, proofSystem, rollups, ledger, deploymentBlock } = await deploy({
    rpc,
    account,
    genesisRoot: await ledgerKind.genesisRoot(),
    verificationKeys: [...circuits.values()].map(({ verificationKey }) => verificationKey),
  });
  console.log(`Rollups             ${rollups}  (EVM chain id ${evmChainId})`);
  console.log(`Groth16ProofSystem  ${proofSystem}`);
  console.log(`ledger              ${ledger}`);
  console.log("UNAUDITED. Development keys: anyone can forge their proofs. Never put real value here.");
  console.log("\nA builder for it, with the private key of the account that posts in LOCKSTEP_KEY:");
  console.log(
    `  npm run builder -- --rpc ${rpc} --rollups ${rollups} --rollup ${ledger} --deployment-block ${deploymentBlock}`,
  );
}
