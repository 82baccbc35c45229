import { readFile } from "node:fs/promises";
import path from "node:path";
import type { Hex } from "viem";
import { z } from "zod";

/** Where Hardhat writes what it compiles. */
const ARTEFACTS = path.resolve(import.meta.dirname, "../../../../../artifacts/contracts");

const hex = z.templateLiteral(["0x", z.string().regex(/^[0-9a-f]+$/)]);
const artefact = z.object({ bytecode: hex, deployedBytecode: hex });

/** Length of a code's metadata is its last two bytes. */
const LENGTH_DIGITS = 4;

/**
 * Code that replays, without what it replays.
 * @param system the code in whose place it stands: the proxies that this makes are those that that makes.
 */
export async function replayCode(system: Hex): Promise<Hex> {
  const [replay, proxy] = await Promise.all([read("l2/Replay"), read("proxy/CrossChainProxy")]);
  return withProxiesOf(replay.deployedBytecode, system, proxy.bytecode);
}

/**
 * The compiler ends a contract's code with metadata, which differ with what else was compiled, and a proxy's
 * address follows from all of its code.
 * @param proxy its creation code, as of any compilation.
 */
function withProxiesOf(replay: Hex, system: Hex, proxy: Hex): Hex {
  const metadata = 2 * Number(`0x${proxy.slice(-LENGTH_DIGITS)}`) + LENGTH_DIGITS;
  const body = proxy.slice(2, -metadata);
  const [own, theirs] = [replay.indexOf(body), system.indexOf(body)];
  // Of another version of the contract: what makes proxies differs, and says so.
  if (own < 0 || theirs < 0) return replay;
  const { length } = body;
  const end = own + length + metadata;
  return `0x${replay.slice(2, own)}${system.slice(theirs, theirs + length + metadata)}${replay.slice(end)}`;
}

const known = new Map<string, z.output<typeof artefact>>();

async function read(contract: string): Promise<z.output<typeof artefact>> {
  const hit = known.get(contract);
  if (hit !== undefined) return hit;
  const file = path.join(ARTEFACTS, `${contract}.sol`, `${path.basename(contract)}.json`);
  const parsed = artefact.parse(JSON.parse(await readFile(file, "utf8")));
  known.set(contract, parsed);
  return parsed;
}
