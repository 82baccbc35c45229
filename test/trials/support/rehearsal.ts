import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Address, type Hex, isAddress, parseGwei, toHex } from "viem";
import { freePorts } from "../../../builder/node/ports.ts";
import { accountAt, type L1 } from "../../core/setup.ts";
import { startAnvil } from "../../post/nodes.ts";
import { Command } from "./command.ts";
import { ask } from "./json-rpc.ts";
import { holdTrialCeremony } from "./trial-ceremony.ts";

/** Sepolia's: no chain on which development keys or unproven rollups are allowed. */
const EVM_CHAIN_ID = 11_155_111;
const DEPLOYER = 0;
const POSTER = 9;

/** A deployment, and the builder's command that it has printed. */
export interface Deployed {
  readonly manager: Address;
  /** With ports and a folder of its own. */
  readonly builder: readonly string[];
  readonly gateways: { readonly l1: string; readonly rollup: string };
}

/** A node that is not local, the keys of a ceremony, and the commands that operators type. */
export class Rehearsal implements AsyncDisposable {
  readonly l1: L1;
  readonly keys: string;
  readonly user = accountAt(1);
  readonly #folder: string;
  readonly #commands: Command[] = [];

  private constructor(l1: L1, keys: string, folder: string) {
    this.l1 = l1;
    this.keys = keys;
    this.#folder = folder;
  }

  /** @param given keys of a ceremony that was held before: one takes minutes. */
  static async start(kind: string, given: string | undefined): Promise<Rehearsal> {
    const folder = await mkdtemp(path.join(tmpdir(), "lockstep-rehearsal-"));
    const keys = given ?? (await holdTrialCeremony(folder, kind));
    return new Rehearsal(await startAnvil(EVM_CHAIN_ID), keys, folder);
  }

  /** Starts `deploy` of one rollup, without a ceremony's keys unless they are among the options. */
  deploy(kind: string, ...options: string[]): Command {
    const kept = path.join(this.#folder, "deployed");
    return this.#run(["deploy", "--rpc", this.l1.url, "--kinds", kind, "--data", kept, ...options], DEPLOYER);
  }

  /** @throws with what was printed, if that tells no builder what to do. */
  async deployed({ output }: Command): Promise<Deployed> {
    const [, line = ""] = /npm run builder -- (.*)/.exec(output) ?? [];
    const [, manager = ""] = /--rollups (0x[0-9a-fA-F]{40})/.exec(output) ?? [];
    if (!isAddress(manager)) throw new Error(output);
    const portBase = 20_000 + ((await freePorts(0)).rpc % 2_400) * 5;
    const own = ["--port-base", String(portBase), "--data", path.join(this.#folder, "data")];
    return {
      manager,
      builder: [...line.split(" "), ...own],
      gateways: { l1: `http://127.0.0.1:${portBase + 1}`, rollup: `http://127.0.0.1:${portBase + 2}` },
    };
  }

  build(options: readonly string[]): Command {
    return this.#run(["builder", ...options], POSTER);
  }

  /** Sends a transaction of the user's through L1's gateway. */
  async send(
    gateway: string,
    transaction: {
      readonly nonce: number;
      readonly to: Address;
      readonly value?: bigint;
      readonly data?: Hex;
    },
  ): Promise<Hex> {
    const raw = await this.user.signTransaction({
      chainId: EVM_CHAIN_ID,
      type: "eip1559",
      gas: 2_000_000n,
      maxFeePerGas: parseGwei("100"),
      maxPriorityFeePerGas: 1n,
      ...transaction,
    });
    return String(await ask(gateway, "eth_sendRawTransaction", [raw])) as Hex;
  }

  #run(options: readonly string[], account: number): Command {
    const key = toHex(accountAt(account).getHdKey().privateKey ?? new Uint8Array());
    const command = new Command(options, key);
    this.#commands.push(command);
    return command;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const command of this.#commands) await command.kill();
    await this.l1.close();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
