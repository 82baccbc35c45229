import type { Hex } from "viem";
import { timed } from "../../../../evm/pace.ts";
import type { Chronicle } from "../../../../kinds/evm/chronicle/chronicle.ts";
import { ForgottenMomentError } from "../../../../state/errors.ts";
import type { Backend } from "../../../backend.ts";
import { HistoricalStateError } from "../../../block-errors.ts";
import { hashSchema, RpcCode } from "../../../json-rpc.ts";
import type { Handler } from "../../../service.ts";
import type { EvmRollupView } from "../view.ts";
import { ReplayRequestError } from "./errors.ts";
import { replayMethods } from "./methods.ts";
import { openReplay, type Replay } from "./open.ts";

/** Replays that are kept: a tool asks for hundreds of accounts and slots of one. */
const KEPT = 8;
const HOW = "it is there for cast run HASH --rpc-url <gateway>/replay/HASH";
/** What would change something, or make up for it. */
const SENDS = /^(eth_send|eth_sign|personal_|hardhat_|anvil_|evm_)/;

interface Kept {
  /** The block in which it was: L1 may have another history by now. */
  readonly blockHash: Hex | undefined;
  readonly replay: Promise<Replay>;
}

/**
 * What answers at `/replay/<hash>`: the rollup as it was before that transaction, with the answers of other
 * chains in it, for tools that execute it themselves.
 */
export function replayView(builder: Backend, view: EvmRollupView): (rest: string) => Handler {
  const { rollup, chainId } = view;
  const kept = new Map<Hex, Kept>();

  async function replayOf(hash: Hex, chronicle: Chronicle): Promise<Replay> {
    const blockHash = (await chronicle.transaction(hash))?.blockHash;
    const known = kept.get(hash);
    if (known?.blockHash === blockHash && known !== undefined) {
      // Its own request may have ended before it was open.
      const replay = await known.replay.catch(() => undefined);
      if (replay !== undefined) return replay;
    }
    const replay = timed(false, () => openReplay(builder, { rollup, chainId }, hash));
    const own = { blockHash, replay };
    kept.delete(hash);
    kept.set(hash, own);
    for (const [oldest] of kept) if (kept.size > KEPT) kept.delete(oldest);
    try {
      return await replay;
    } catch (error) {
      if (kept.get(hash) === own) kept.delete(hash);
      throw error;
    }
  }

  return (rest) => async (request) => {
    const hash = hashSchema.safeParse(rest);
    if (!hash.success)
      throw new ReplayRequestError(`${JSON.stringify(rest.slice(0, 70))} is no transaction's hash: ${HOW}`);
    if (SENDS.test(request.method))
      throw new ReplayRequestError(
        `a replay sends and signs nothing: ask the gateway itself for ${request.method}`,
      );
    const chronicle = await view.read((state) => state.chronicle);
    const replay = await replayOf(hash.data, chronicle);
    const method = replayMethods(replay, { chainId, chronicle }).get(request.method);
    if (method === undefined) {
      const message = `a replay has no method ${request.method}: ${HOW}`;
      return { error: { code: RpcCode.METHOD_NOT_FOUND, message } };
    }
    try {
      return await method(request);
    } catch (error) {
      if (!(error instanceof ForgottenMomentError)) throw error;
      kept.delete(hash.data);
      throw new HistoricalStateError("the state before the transaction is not kept any more");
    }
  };
}
