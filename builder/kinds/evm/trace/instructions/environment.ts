import { FRAME_ATTRIBUTE, STATEMENT_ATTRIBUTE } from "../../../../../circuits/evm/attributes.ts";
import { STEPS } from "../../../../../circuits/evm/steps/index.ts";
import type { AttributeName } from "../frame-start.ts";
import { operandHalves, placeFields, wordAcross, wordAt } from "../words.ts";
import { halves } from "../../../../proving/bus/terms.ts";
import type { Handler, Handlers } from "./handler.ts";

const HALF = 128n;

function attribute(name: AttributeName, kind: number, ofStatement: boolean): Handler {
  return (machine) => {
    const value = machine.attribute(name);
    const given = { kind: BigInt(kind), ofStatement: ofStatement ? 1n : 0n, ...halves(value) };
    machine.step({ type: STEPS.environment, given, cost: 2n, pushes: [value] });
  };
}

function constant(value: bigint, flag?: string): Handler {
  const given = flag === undefined ? {} : { [flag]: 1n };
  return (machine) => {
    machine.step({ type: STEPS.constant, given, cost: 2n, pushes: [value] });
  };
}

function ofFrame(name: Extract<AttributeName, keyof typeof FRAME_ATTRIBUTE>): Handlers {
  return { [FRAME_ATTRIBUTE[name]]: attribute(name, FRAME_ATTRIBUTE[name], false) };
}

function ofStatement(name: "timestamp" | "number" | "chainId"): Handlers {
  return { [STATEMENT_ATTRIBUTE[name]]: attribute(name, STATEMENT_ATTRIBUTE[name], true) };
}

export const ENVIRONMENT: Handlers = {
  ...ofFrame("address"),
  ...ofFrame("origin"),
  ...ofFrame("caller"),
  ...ofFrame("callValue"),
  ...ofFrame("callDataSize"),
  ...ofFrame("gasPrice"),
  ...ofStatement("timestamp"),
  ...ofStatement("number"),
  ...ofStatement("chainId"),
  0x35: (machine) => {
    const { callData } = machine.start;
    const offset = machine.peek(0);
    if (offset >= BigInt(callData.length)) {
      const given = { ...machine.operand("offset", 0), size: BigInt(callData.length) };
      machine.step({ type: STEPS.calldataBeyond, given, cost: 3n, pops: 1, pushes: [0n] });
      return;
    }
    const [index, within] = [offset / 32n, offset % 32n];
    const value = wordAt(callData, Number(index));
    if (within > 0n) {
      const second = wordAt(callData, Number(index) + 1);
      const given = {
        index,
        ...placeFields(within),
        ...machine.operandTime("offset", 0),
        ...operandHalves("first", value),
        ...operandHalves("second", second),
      };
      const pushes = [wordAcross(value, second, within)];
      machine.step({ type: STEPS.calldataAcross, given, cost: 3n, pops: 1, pushes });
      return;
    }
    const given = { index, ...machine.operandTime("offset", 0), ...halves(value) };
    machine.step({ type: STEPS.calldataLoad, given, cost: 3n, pops: 1, pushes: [value] });
  },
  0x38: (machine) => {
    const length = BigInt(machine.start.code.length);
    machine.step({ type: STEPS.codeSize, given: { length }, cost: 2n, pushes: [length] });
  },
  0x3d: constant(0n, "returnDataSize"),
  0x41: constant(0n, "coinbase"),
  0x44: constant(0n, "prevRandao"),
  0x45: constant(30_000_000n),
  0x47: async (machine) => {
    const { tables, time } = machine;
    const account = await tables.account(machine.attribute("address"));
    const { balance, nonce, codeHash } = account;
    const given = {
      ...operandHalves("address", account.address),
      balance,
      warm: account.warm ? 1n : 0n,
      nonce,
      ...operandHalves("hash", codeHash),
      accountTime: account.time,
    };
    if (balance >> HALF !== 0n) throw new RangeError(`a balance of ${balance}`);
    machine.step({ type: STEPS.selfBalance, given, cost: 5n, pushes: [balance] });
    tables.writeAccount({ ...account, time });
  },
  0x48: constant(0n, "baseFee"),
  0x4a: constant(0n, "blobBaseFee"),
  0x58: (machine) => {
    machine.step({ type: STEPS.counter, cost: 2n, pushes: [BigInt(machine.pc)] });
  },
  0x5a: (machine) => {
    machine.step({ type: STEPS.counter, given: { isGas: 1n }, cost: 2n, pushes: [machine.gas - 2n] });
  },
};
