import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Address, numberToHex, parseEther, toHex } from "viem";
import { type HDAccount, mnemonicToAccount } from "viem/accounts";
import { type Builder, createBuilder } from "../../../builder/core/builder.ts";
import { createEvmKind } from "../../../builder/kinds/evm/index.ts";
import { LedgerAccount } from "../../../builder/kinds/ledger/client.ts";
import { UNPROVEN, UNPROVEN_KEY } from "../../../builder/kinds/unproven.ts";
import { lowerCase } from "../../../builder/protocol/address.ts";
import { rootHex } from "../../../builder/protocol/execution/encoding.ts";
import { type ChainId } from "../../../builder/protocol/ids.ts";
import { accountAt, type L1, type Lockstep, registerEvm, startLockstep } from "../../core/setup.ts";
import { unprovenLedgerKind, UnprovenProver } from "../../core/unproven.ts";
import { TrialBuilder } from "./builder.ts";

export const L1_CHAIN_ID = 31337n;
/** Not the one that nodes fund: their accounts have other tasks here. */
const MNEMONIC = "legal winner thank year wave sausage worth useful legal winner thank yellow";
/** What each user has on each chain, wei. */
export const PURSE = parseEther("10");

/** An account on L1 and A, and one on the ledger. */
export interface TrialUser {
  readonly account: HDAccount;
  readonly ledgerAccount: LedgerAccount;
}

export interface WorldOptions {
  readonly start?: () => Promise<L1>;
  readonly users: number;
  readonly builders: number;
  readonly reorgDepth?: bigint;
}

/** A node, a ledger, an EVM rollup A, users, and builders in processes of their own. */
export class TrialWorld {
  readonly lockstep: Lockstep;
  readonly a: ChainId;
  readonly users: readonly TrialUser[];
  readonly builders: readonly TrialBuilder[];
  readonly #folder: string;

  private constructor(
    lockstep: Lockstep,
    a: ChainId,
    users: readonly TrialUser[],
    builders: readonly TrialBuilder[],
    folder: string,
  ) {
    this.lockstep = lockstep;
    this.a = a;
    this.users = users;
    this.builders = builders;
    this.#folder = folder;
  }

  static async start({ start, users: count, builders: rivals, reorgDepth = 64n }: WorldOptions) {
    const lockstep = await startLockstep(undefined, start);
    const { l1, rollups: manager, ledger } = lockstep;
    const users: TrialUser[] = [];
    for (let index = 0; index < count; index++) {
      const account = mnemonicToAccount(MNEMONIC, { addressIndex: index });
      const ledgerAccount = await LedgerAccount.fromSeed(numberToHex(index + 1, { size: 32 }));
      await l1.node.setBalance({ address: account.address, value: PURSE });
      users.push({ account, ledgerAccount });
    }
    const kind = createEvmKind({ balances: pursesOf(users) });
    const a = await registerEvm(lockstep, rootHex(await kind.genesisRoot()));
    const folder = await mkdtemp(path.join(tmpdir(), "lockstep-trial-"));
    const builders = await Promise.all(
      Array.from({ length: rivals }, async (_, index) => {
        const key = accountAt(9 - index).getHdKey().privateKey ?? new Uint8Array();
        return await TrialBuilder.start(`builder ${index}`, {
          l1Rpc: l1.url,
          l1ChainId: L1_CHAIN_ID.toString(),
          manager,
          ledger: ledger.toString(),
          a: a.toString(),
          keys: lockstep.keys,
          balances: [...pursesOf(users)].map(([address, value]) => [address, value.toString()]),
          privateKey: toHex(key),
          folder: path.join(folder, String(index)),
          reorgDepth: reorgDepth.toString(),
        });
      }),
    );
    return new TrialWorld(lockstep, a, users, builders, folder);
  }

  /** A follower that knows nothing but L1. */
  async follow(): Promise<Builder> {
    const balances = pursesOf(this.users);
    return await createBuilder({
      l1Rpc: this.lockstep.l1.url,
      manager: this.lockstep.rollups,
      rollups: [
        { id: this.lockstep.ledger, kind: unprovenLedgerKind, verificationKeys: this.lockstep.keys },
        { id: this.a, kind: createEvmKind({ balances }), verificationKeys: { [UNPROVEN]: UNPROVEN_KEY } },
      ],
      account: accountAt(7),
      prover: new UnprovenProver(),
    });
  }

  /** The proxy on L1 of an account of A. */
  async proxyOnL1(original: Address): Promise<Address> {
    return await this.lockstep.createProxy(original, this.a);
  }

  async close(): Promise<void> {
    for (const builder of this.builders) await builder.close();
    await this.lockstep.l1.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function pursesOf(users: readonly TrialUser[]): Map<Address, bigint> {
  return new Map(users.map(({ account }) => [lowerCase(account.address), PURSE]));
}
