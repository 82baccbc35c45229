import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Hex } from "viem";
import { z } from "zod";
import { LockstepError } from "../../protocol/errors.ts";

/** As Hardhat writes it when it compiles `contracts/l2/CrossChainManager.sol`. */
const ARTEFACT = path.resolve(
  import.meta.dirname,
  "../../../artifacts/contracts/l2/CrossChainManager.sol/CrossChainManager.json",
);

const artefact = z.object({ deployedBytecode: z.templateLiteral(["0x", z.string().regex(/^[0-9a-f]+$/)]) });

/** The system contract's code is not there: contracts were never compiled. */
export class SystemCodeMissingError extends LockstepError {
  constructor(cause: unknown) {
    super("SYSTEM_CODE_MISSING", `${ARTEFACT} cannot be read; compile the contracts (npm start does)`, {
      cause,
    });
  }
}

/**
 * Code of the system contract, which an EVM rollup has from genesis on.
 * @throws {SystemCodeMissingError}
 */
export async function readSystemCode(): Promise<Hex> {
  try {
    return artefact.parse(JSON.parse(await readFile(ARTEFACT, "utf8"))).deployedBytecode;
  } catch (cause) {
    throw new SystemCodeMissingError(cause);
  }
}
