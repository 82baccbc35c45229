import { createTx } from "@ethereumjs/tx";
import { createAddressFromString } from "@ethereumjs/util";
import { bytesToHex, hexToBytes } from "viem";
import type { CallRequest } from "../../../../evm/call-request.ts";
import { applyAuthorizations } from "../../../../evm/delegation.ts";
import { FrameRecorder } from "../../../../evm/frame-recorder.ts";
import { InterceptingEvm } from "../../../../evm/intercepting-evm.ts";
import { Journal } from "../../../../evm/journal.ts";
import { JournaledState } from "../../../../evm/journaled-state.ts";
import { overrideBlock } from "../../../../evm/overrides.ts";
import { NO_BLOCKCHAIN, rollupBlock, rollupCommon } from "../../../../kinds/evm/execution/environment.ts";
import type { BlockState } from "../../../../kinds/evm/state-types.ts";
import { SYSTEM } from "../../../../kinds/evm/system.ts";
import type { ChainId } from "../../../../protocol/ids.ts";
import type { Rehearsed } from "./compare.ts";
import type { ReplayState } from "./state.ts";

export interface Stage {
  readonly rollup: ChainId;
  readonly l1ChainId: bigint;
  readonly block: BlockState;
  readonly state: ReplayState;
}

/** A transaction as a tool executes it, whatever was signed. */
export interface Executable extends Pick<CallRequest, "from" | "to" | "value" | "data" | "authorizations"> {
  /** Limit of its gas: the tool is told to allow any. */
  readonly gas: bigint;
  readonly gasPrice: bigint;
  /** Gas that its access list costs. */
  readonly accessListGas: bigint;
}

/**
 * Plays a transaction as a tool does that executes it itself: in an EVM that no call leaves.
 * @param blockGas what GASLIMIT says.
 */
export async function rehearse(
  { rollup, l1ChainId, block, state: source }: Stage,
  call: Executable,
  blockGas: bigint,
): Promise<Rehearsed> {
  const common = rollupCommon(rollup, { l1ChainId });
  const journal = new Journal();
  const state = new JournaledState({
    chain: rollup,
    journal,
    source: {
      account: async (address) => source.account(address) ?? { nonce: 0n, balance: 0n, code: "0x" },
      storage: async (address, slot) => source.slot(address, slot),
    },
  });
  const evm = new InterceptingEvm({
    common,
    state,
    journal,
    blockchain: NO_BLOCKCHAIN,
    manager: SYSTEM,
    intercept: async () => undefined,
  });
  const frames = new FrameRecorder(evm);
  await state.checkpoint();
  const seen = overrideBlock(rollupBlock(block, common), { gasLimit: blockGas, blobBaseFee: 0n }, common);
  const caller = createAddressFromString(call.from);
  const to = call.to === undefined ? undefined : createAddressFromString(call.to);
  const { value, gasPrice, authorizations = [] } = call;
  const data = hexToBytes(call.data);
  const unsigned = createTx({ ...(to === undefined ? {} : { to }), data }, { common });
  const perAuthorization = unsigned.common.param("perEmptyAccountCost") * BigInt(authorizations.length);
  const intrinsic = unsigned.getIntrinsicGas() + perAuthorization + call.accessListGas;
  for (const warm of [
    caller,
    seen.header.coinbase,
    ...(to === undefined ? [] : [to]),
    ...(await applyAuthorizations(state, common, caller, authorizations)),
  ])
    evm.journal.addAlwaysWarmAddress(warm.toString());
  for (const precompile of evm.precompiles.keys()) evm.journal.addAlwaysWarmAddress(precompile);
  const gasLimit = call.gas - intrinsic;
  const message = { caller, origin: caller, to, value, data, gasLimit, gasPrice };
  const { execResult } = await evm.runCall({ block: seen, ...message });
  const [frame] = frames.roots;
  if (frame === undefined) throw new Error("a call has a frame");
  const { logs = [], exceptionError } = execResult;
  const kept = exceptionError === undefined ? logs : [];
  return {
    frame,
    logs: kept.map(([address, topics, bytes]) => ({
      address: bytesToHex(address),
      topics: topics.map((topic) => bytesToHex(topic)),
      data: bytesToHex(bytes),
    })),
  };
}
