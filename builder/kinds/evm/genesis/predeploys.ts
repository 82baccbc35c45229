import { type Address, type Hex, numberToHex } from "viem";
import type { Construction } from "./construct.ts";
import type { PredeployName } from "./names.ts";
import {
  create2DeployerInit,
  createXInit,
  entryPoint06Init,
  multicall3Init,
  predeployBytes,
} from "./packages.ts";

/** An account as it stands at genesis, all but its code. */
export interface PredeployedAccount {
  /** Lower case, as the state has it. */
  readonly address: Address;
  /** Contracts that it created while it was, plus 1. */
  readonly nonce: bigint;
  readonly codeHash: Hex;
  /** Words by slot. */
  readonly slots?: ReadonlyMap<Hex, Hex>;
  /** The code, if no constructor makes it here. */
  readonly code?: () => Promise<Hex>;
}

export interface Predeploy {
  /** What people call it. */
  readonly title: string;
  readonly accounts: readonly PredeployedAccount[];
  /** What makes the accounts whose code is not given. Those who construct by CREATE2 need `create2`. */
  readonly construction?: Construction;
}

const CREATE2_DEPLOYER: Address = "0x4e59b44847b379578588920ca78fbf26c0b4956c";
/** Code of both deployers: 69 bytes. */
const CREATE2_DEPLOYER_HASH: Hex = "0x2fa86add0aed31f33a762c9d88e807c475bd51d0f52bd0955754b2608f7e4989";

/** OpenZeppelin's reentrancy guard, "not entered". */
const UNLOCKED = new Map([[word(2n), word(1n)]]);

/** docs/spec.md section 7 has the same table. */
export const PREDEPLOYS: Readonly<Record<PredeployName, Predeploy>> = {
  create2: {
    title: "deterministic CREATE2 deployer",
    accounts: [{ address: CREATE2_DEPLOYER, nonce: 1n, codeHash: CREATE2_DEPLOYER_HASH }],
    construction: { deployer: "0x3fab184622dc19b6109349b94811493bf2a45362", init: create2DeployerInit },
  },
  "safe-factory": {
    title: "Safe's singleton factory",
    accounts: [
      {
        address: "0x914d7fec6aac8cd542e72bca78b30650d45643d7",
        nonce: 1n,
        codeHash: CREATE2_DEPLOYER_HASH,
      },
    ],
    construction: { deployer: "0xe1cb04a0fa36ddd16a06ea828007e35e1a3cbc37", init: create2DeployerInit },
  },
  createx: {
    title: "CreateX",
    accounts: [
      {
        address: "0xba5ed099633d3b313e4d5f7bdc1305d3c28ba5ed",
        nonce: 1n,
        codeHash: "0xbd8a7ea8cfca7b4e5f5041d7d4b17bc317c5ce42cfbc42066a00cf26b43eb53f",
      },
    ],
    construction: { deployer: "0xed456e05caab11d66c4c797dd6c1d6f9a7f352b5", init: createXInit },
  },
  multicall3: {
    title: "Multicall3",
    accounts: [
      {
        address: "0xca11bde05977b3631167028862be2a173976ca11",
        nonce: 1n,
        codeHash: "0x5a29a1eb2f59e45e4249b938c8192cac0d2bd32398e1afa03f302a867db692ea",
      },
    ],
    construction: { deployer: "0x05f32b3cc3888453ff71b01135b34ff8e41263f2", init: multicall3Init },
  },
  permit2: {
    title: "Permit2",
    accounts: [
      {
        address: "0x000000000022d473030f116ddee9f6b43ac78ba3",
        nonce: 1n,
        codeHash: "0xc67d1657868aa5146eaf24fb879fb1fdec3d2d493b3683a61c9c2f4fb2851131",
      },
    ],
    construction: {
      factory: CREATE2_DEPLOYER,
      salt: "0x0000000000000000000000000000000000000000d3af2663da51c10215000000",
      init: () => predeployBytes("0x000000000022D473030F116dDEE9F6B43aC78BA3"),
    },
  },
  "entrypoint-0.6": {
    title: "EntryPoint v0.6 (ERC-4337) and its SenderCreator",
    accounts: [
      {
        address: "0x5ff137d4b0fdcd49dca30c7cf57e578a026d2789",
        nonce: 2n,
        codeHash: "0xc93c806e738300b5357ecdc2e971d6438d34d8e4e17b99b758b1f9cac91c8e70",
        slots: UNLOCKED,
      },
      {
        address: "0x7fc98430eaedbb6070b35b39d798725049088348",
        nonce: 1n,
        codeHash: "0xae818091eaaf1b6175ee41472359a689f3823d0908a41e2e5c4ad508f2fc04a3",
      },
    ],
    construction: { factory: CREATE2_DEPLOYER, salt: word(0n), init: entryPoint06Init },
  },
  "entrypoint-0.7": {
    title: "EntryPoint v0.7 (ERC-4337) and its SenderCreator",
    accounts: [
      {
        address: "0x0000000071727de22e5e9d8baf0edac6f37da032",
        nonce: 2n,
        codeHash: "0x8db5ff695839d655407cc8490bb7a5d82337a86a6b39c3f0258aa6c3b582fc58",
        slots: UNLOCKED,
        code: () => predeployBytes("0x0000000071727De22E5E9d8BAf0edAc6f37da032"),
      },
      {
        address: "0xefc2c1444ebcc4db75e7613d20c6a62ff67a167c",
        nonce: 1n,
        codeHash: "0x283c9d14378f5f4c4e24045b87d621d48443fa5b4af7dd7180a599b3756a7689",
        code: () => predeployBytes("0xEFC2c1444eBCC4Db75e7613d20C6a62fF67A167C"),
      },
    ],
  },
  "entrypoint-0.8": {
    title: "EntryPoint v0.8 (ERC-4337) and its SenderCreator",
    accounts: [
      {
        address: "0x4337084d9e255ff0702461cf8895ce9e3b5ff108",
        nonce: 2n,
        codeHash: "0x44e632a24c6f2600cbd5b5b8b4c2d372359112c8b5774297f5fd0a9e64f11f86",
        code: () => predeployBytes("0x4337084D9E255Ff0702461CF8895CE9E3b5Ff108"),
      },
      {
        address: "0x449ed7c3e6fee6a97311d4b55475df59c44add33",
        nonce: 1n,
        codeHash: "0xc69a1b3a000d570bc86eb096ee63a9014a17951ad616d720882ec61432b00fcf",
        code: () => predeployBytes("0x449ED7C3e6Fee6a97311d4b55475DF59C44AdD33"),
      },
    ],
  },
};

function word(value: bigint): Hex {
  return numberToHex(value, { size: 32 });
}
