import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Hex } from "viem";
import { z } from "zod";

/** As Hardhat writes it when it compiles `contracts/l2/Replay.sol`. */
const ARTEFACT = path.resolve(
  import.meta.dirname,
  "../../../../../artifacts/contracts/l2/Replay.sol/Replay.json",
);

const artefact = z.object({ deployedBytecode: z.templateLiteral(["0x", z.string().regex(/^[0-9a-f]+$/)]) });

let read: Promise<Hex> | undefined;

/** Code that replays, without what it replays. */
export async function replayCode(): Promise<Hex> {
  read ??= readFile(ARTEFACT, "utf8").then((text) => artefact.parse(JSON.parse(text)).deployedBytecode);
  return await read;
}
