import { concatHex, type Hex, numberToHex, size } from "viem";
import type { Actor, Holder, LedgerCall, Operation, Program, Script, Who } from "./program.ts";

/** Numbers of the directories' entries: four actors for each home, the ledger, a user for each home. */
export const LEDGER_ENTRY = 12;
export const FIRST_USER_ENTRY = 13;
export const ENTRIES = 16;

const SEEN_FROM_FRAME = { self: 0xfc, sender: 0xfd, child: 0xfe } as const;
const USER_ENTRIES = { user0: 13, user1: 14, user2: 15 } as const;
const LEDGER_FUNCTIONS = { receive: 0, transfer: 1, balanceOf: 2, send: 3, junk: 4 } as const;

/** Opcodes, flags and operands as `contracts/test/fuzz/FuzzInterpreter.sol` reads them. */
export class Encoder {
  readonly #homes: Program["homes"];

  constructor(homes: Program["homes"]) {
    this.#homes = homes;
  }

  script(script: Script): Hex {
    return concatHex(script.map((operation) => this.#operation(operation)));
  }

  /** The directory's entry of an actor or a user. */
  entry(who: Holder): number {
    return typeof who === "number" ? actorEntry(this.#homes[who], who) : USER_ENTRIES[who];
  }

  #operation(operation: Operation): Hex {
    switch (operation.do) {
      case "write":
        return bytes([0x01, 1], [operation.slot, 1], [operation.value, 1]);
      case "read":
        return bytes([0x02, 1], [operation.slot, 1]);
      case "add":
        return bytes([0x03, 1], [operation.slot, 1]);
      case "call": {
        const { to, value = 0, script } = operation;
        return concatHex([
          bytes([0x04, 1], [this.#who(to), 1], [flags(operation), 1], [value, 4]),
          this.#sized(script),
        ]);
      }
      case "create": {
        const { value = 0, salted = false, script } = operation;
        const flag = flags(operation) | (salted ? 4 : 0);
        return concatHex([bytes([0x05, 1], [flag, 1], [value, 4]), this.#sized(script)]);
      }
      case "return":
        return bytes([0x06, 1], [operation.size, 1], [operation.tag, 1]);
      case "revert":
        return bytes([0x07, 1], [operation.size, 1], [operation.tag, 1]);
      case "fail":
        return "0x08";
      case "log":
        return bytes([0x09, 1], [operation.tag, 1]);
      case "balance":
        return "0x0a";
      case "context":
        return "0x0b";
      case "look":
        return "0x0f";
      case "measure":
        return bytes([0x10, 1], [operation.kind, 1], [this.#who(operation.who), 1], [operation.slot, 1]);
      case "poke":
        return bytes([0x0c, 1], [operation.kind, 1]);
      case "ledger":
        return this.#ledger(operation.call, flags(operation), operation.value ?? 0);
      case "delegate":
        return concatHex([bytes([0x0e, 1], [flags(operation), 1]), this.#sized(operation.script)]);
    }
  }

  #ledger(call: LedgerCall, flag: number, value: number): Hex {
    const amount = "amount" in call ? call.amount : 0;
    const who = "to" in call ? call.to : "of" in call ? call.of : 0;
    const payload =
      call.fn === "send" ? this.script(call.script) : call.fn === "junk" ? junk(call.size) : "0x";
    return concatHex([
      bytes([0x0d, 1], [LEDGER_FUNCTIONS[call.fn], 1], [this.entry(who), 1]),
      bytes([flag, 1], [value, 4], [amount, 4], [size(payload), 2]),
      payload,
    ]);
  }

  #sized(script: Script): Hex {
    const data = this.script(script);
    return concatHex([bytes([size(data), 2]), data]);
  }

  #who(who: Who): number {
    return who === "self" || who === "sender" || who === "child" ? SEEN_FROM_FRAME[who] : this.entry(who);
  }
}

/** Entry of the actor that has this number at this home. */
export function actorEntry(home: number, actor: Actor): number {
  return home * 4 + actor;
}

/** Bytes that are no call of the ledger's. */
export function junk(length: number): Hex {
  return `0x${"ab".repeat(length)}`;
}

function flags(operation: { readonly isStatic?: boolean; readonly caught?: boolean }): number {
  return (operation.isStatic === true ? 1 : 0) | (operation.caught === true ? 2 : 0);
}

function bytes(...numbers: readonly (readonly [value: number, length: number])[]): Hex {
  return concatHex(numbers.map(([value, length]) => numberToHex(value, { size: length })));
}
