import type { Abi, Address, Hex } from "viem";
import type { BuilderRollup } from "../../core/builder.ts";
import { evmGateway } from "../../gateway/kinds/evm/index.ts";
import { evmSeeing } from "../../gateway/kinds/evm/seeing.ts";
import { evmTrace } from "../../gateway/kinds/evm/trace-methods.ts";
import type { GatewayKind, GatewayKinds } from "../../gateway/kinds/kind-gateway.ts";
import { ledgerGateway, ledgerSeeing, ledgerTrace } from "../../gateway/kinds/ledger.ts";
import type { PredeployName } from "../../kinds/evm/genesis/names.ts";
import type { GenesisAccounts } from "../../kinds/evm/genesis/read.ts";
import { createEvmKind, evmKind } from "../../kinds/evm/index.ts";
import { EVM_CIRCUIT } from "../../kinds/evm/proof/limits.ts";
import { createProvenEvmKind, createTestProvenEvmKind } from "../../kinds/evm/proven.ts";
import { SYSTEM } from "../../kinds/evm/system.ts";
import type { RollupKind } from "../../kinds/kind.ts";
import { LEDGER, ledgerAbi } from "../../kinds/ledger/abi.ts";
import { ledgerKind } from "../../kinds/ledger/index.ts";
import { crossChainManagerAbi } from "../../protocol/abi.ts";
import type { ChainId } from "../../protocol/ids.ts";
import type { Circuits } from "../circuits.ts";
import { compiledContract } from "../deployment/contracts.ts";
import { withoutProofs } from "../../kinds/unproven.ts";
import { bus, codePowersOf, groth16, type ProofScheme, testOnly, unproven } from "./proof-scheme.ts";

/** What a rollup has from genesis on, besides what its kind brings. */
export interface Genesis {
  readonly predeploys: readonly PredeployName[];
  /** Contracts of its user's own. */
  readonly accounts?: GenesisAccounts | undefined;
}

/** A kind of rollup with all that deploying and running one needs. */
export interface KnownKind {
  readonly kind: RollupKind;
  /** The contract that stands on every rollup of the kind from the beginning, and how traces show it. */
  readonly contract: { readonly address: Address; readonly name: string; readonly abi: Abi };
  readonly scheme: ProofScheme;
  /** The kind as rollups registered for tests have it: nothing is proven, local chains only. */
  readonly forTests: (genesis: Genesis) => RollupKind;
  /** Whether it is registered for tests: cheats may set its rollups' state (docs/spec.md section 9). */
  readonly isForTests?: boolean;
  /** Whether the accounts that wallets have on L1 sign there as well. */
  readonly hasWallets: boolean;
  /** What its gateways answer, and what it shows in traces. */
  readonly gateway: GatewayKind;
  /** The kind with this genesis, if its rollups can have contracts besides those that the kind brings. */
  readonly withGenesis?: (genesis: Genesis) => RollupKind;
  /** Where else than at `contract` every rollup of the kind has a contract: what stands there, by address. */
  readonly standing?: ReadonlyMap<Address, string>;
  /** What it was given by {@link begunWith}. */
  readonly genesis?: Genesis;
  /** The kind as it proves with the keys of these circuits, if more than the prover has to know them. */
  readonly provingWith?: (genesis: Genesis, circuits: Circuits) => RollupKind;
}

/**
 * Contracts that stand on proven EVM rollups from genesis on, since there is no proof of a contract's
 * creation yet.
 */
export const PROVEN_COUNTER: Address = "0x00000000000000000000000000636f756e746572";

/** Every kind that can be deployed and run, by the name that commands take. Adding one is adding it here. */
export const ROLLUP_KINDS: ReadonlyMap<string, KnownKind> = new Map<string, KnownKind>(
  [
    {
      kind: ledgerKind,
      contract: { address: LEDGER, name: "Ledger", abi: ledgerAbi },
      scheme: groth16,
      forTests: () => withoutProofs(ledgerKind),
      hasWallets: false,
      gateway: { open: ledgerGateway, trace: ledgerTrace, seeing: ledgerSeeing },
    },
    {
      kind: evmKind,
      contract: { address: SYSTEM, name: "System", abi: crossChainManagerAbi },
      scheme: unproven,
      forTests: (genesis: Genesis) => createEvmKind({ ...genesis, cheats: true }),
      hasWallets: true,
      gateway: { open: evmGateway, trace: evmTrace, seeing: evmSeeing },
      withGenesis: (genesis: Genesis) => createEvmKind(genesis),
    },
    {
      kind: createProvenEvmKind({ contracts: provenContracts }),
      contract: { address: SYSTEM, name: "System", abi: crossChainManagerAbi },
      scheme: bus,
      forTests: (genesis: Genesis) => createTestProvenEvmKind({ ...genesis, contracts: provenContracts }),
      // Bringing them Ether would take a proof for each when a devnet starts.
      hasWallets: false,
      gateway: { open: evmGateway, trace: evmTrace, seeing: evmSeeing },
      withGenesis: (genesis: Genesis) => createProvenEvmKind({ ...genesis, contracts: provenContracts }),
      standing: new Map([[PROVEN_COUNTER, "Counter"]]),
      provingWith: (genesis: Genesis, circuits: Circuits) => {
        const codePowers = codePowersOf([EVM_CIRCUIT], circuits);
        return createProvenEvmKind({ ...genesis, contracts: provenContracts, codePowers });
      },
    },
  ].map((known) => [known.kind.name, known]),
);

async function provenContracts(): Promise<ReadonlyMap<Address, Hex>> {
  const { deployedBytecode } = await compiledContract("examples/Counter.sol");
  return new Map([[PROVEN_COUNTER, deployedBytecode]]);
}

/** What gateways know of kinds. */
export const GATEWAY_KINDS: GatewayKinds = new Map(
  [...ROLLUP_KINDS].map(([name, { gateway }]) => [name, gateway]),
);

/** @throws {RangeError} for a name that {@link ROLLUP_KINDS} does not have. */
export function knownKind(name: string): KnownKind {
  const known = ROLLUP_KINDS.get(name);
  if (known === undefined) throw new RangeError(`there is no kind of rollup called ${name}`);
  return known;
}

/**
 * The kinds of a deployment, in the order of their names.
 * @param predeploys what those that are EVMs have at genesis.
 * @param accounts contracts that each has besides, in the same order.
 * @throws {RangeError}
 */
export function deployedKinds(
  names: readonly string[],
  predeploys: readonly PredeployName[],
  accounts: readonly (GenesisAccounts | undefined)[] = [],
): readonly KnownKind[] {
  const usual = new Map(names.map((name) => [name, begunWith(knownKind(name), { predeploys })]));
  return names.map((name, index) => {
    const own = accounts[index];
    if (own === undefined || own.size === 0) return usual.get(name) ?? knownKind(name);
    return begunWith(knownKind(name), { predeploys, accounts: own });
  });
}

/** Whether what rollups claim is proven: not at all in `none`, where they are for tests alone. */
export type Proofs = "real" | "none";

/** The kind as it is registered in this mode. */
export function provenBy(proofs: Proofs, known: KnownKind): KnownKind {
  if (proofs === "real") return known;
  const { provingWith: _keys, forTests, genesis = { predeploys: [] }, ...rest } = known;
  return {
    ...rest,
    genesis,
    forTests,
    kind: forTests(genesis),
    scheme: testOnly,
    isForTests: true,
    ...(known.withGenesis === undefined ? {} : { withGenesis: forTests }),
  };
}

/** The kind, with this genesis if it can have any but its own. */
export function begunWith(known: KnownKind, genesis: Genesis): KnownKind {
  const { withGenesis } = known;
  return withGenesis === undefined ? known : { ...known, genesis, kind: withGenesis(genesis) };
}

/** A registered rollup as the builder runs it. */
export function builderRollup(
  id: ChainId,
  { kind, scheme, genesis = { predeploys: [] }, provingWith }: KnownKind,
  circuits: Circuits,
): BuilderRollup {
  const proving = provingWith === undefined ? kind : provingWith(genesis, circuits);
  return { id, kind: proving, verificationKeys: scheme.keys(kind, circuits) };
}
