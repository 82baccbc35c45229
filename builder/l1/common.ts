import { pointEvaluation } from "../evm/kzg.ts";
import { type Common, createCustomCommon, Hardfork, Mainnet } from "@ethereumjs/common";

/** Rules of L1: the newest fork that local nodes and mainnet share. */
export function l1Common(l1ChainId: bigint): Common {
  const known = commons.get(l1ChainId) ?? createL1Common(l1ChainId);
  commons.set(l1ChainId, known);
  return known;
}

const commons = new Map<bigint, Common>();

function createL1Common(l1ChainId: bigint): Common {
  return createCustomCommon({ chainId: Number(l1ChainId) }, Mainnet, {
    hardfork: Hardfork.Osaka,
    customCrypto: { kzg: pointEvaluation },
  });
}
