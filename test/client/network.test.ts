import { expect } from "chai";
import {
  chainsOf,
  parseDevnet,
  resolveChain,
  UnexpectedAnswerError,
  UnknownChainError,
} from "lockstep-client";
import { crossChainManagerAbi, rollupsAbi } from "../../builder/protocol/abi.ts";
import { type AbiItem, toEventSelector, toFunctionSelector } from "viem";
import { managerAbi, crossChainErrorsAbi } from "lockstep-client";

const A = {
  id: 2,
  name: "A",
  kind: "evm",
  proven: false,
  gateway: "http://127.0.0.1:8548",
  chainId: 31337002,
  contract: "0x0000000000000000000000004c6f636b73746570",
};
const description = {
  l1: {
    rpc: "http://127.0.0.1:8545",
    gateway: "http://127.0.0.1:8546",
    chainId: 31337,
    rollups: "0x5fbdb2315678afecb367f032d93f642f64180aa3",
  },
  rollups: [{ ...A, id: 1, name: "Ledger", kind: "ledger", proven: true, chainId: 31337001 }, A],
  accounts: [{ address: "0x70997970c51812dc3a010c7d01b50e0d17dc79c8", privateKey: `0x${"ab".repeat(32)}` }],
};

describe("a network's description", () => {
  it("is read from devnet.json, and nothing else of it is taken over", () => {
    expect(parseDevnet({ ...description, page: "http://127.0.0.1:8550" })).to.deep.equal(description);
  });

  const wrong: readonly (readonly [place: string, json: unknown])[] = [
    ["devnet.json: it is not an object", "text"],
    ["devnet.json: l1 is not an object", { ...description, l1: undefined }],
    ["devnet.json: rollups is not a list", { ...description, rollups: {} }],
    [
      "devnet.json: l1.chainId is not a whole number",
      { ...description, l1: { ...description.l1, chainId: "1" } },
    ],
    [
      "devnet.json: l1.rollups is not 20 bytes in hexadecimal",
      { ...description, l1: { ...description.l1, rollups: "0x12" } },
    ],
    [
      "devnet.json: rollups.1.gateway is not a URL",
      { ...description, rollups: [A, { ...A, gateway: "localhost" }] },
    ],
    [
      "devnet.json: rollups.0.proven is not true or false",
      { ...description, rollups: [{ ...A, proven: 1 }] },
    ],
  ];
  for (const [message, json] of wrong)
    it(`is refused: ${message}`, () => {
      expect(() => parseDevnet(json))
        .to.throw(UnexpectedAnswerError)
        .with.property("message", message);
    });

  it("becomes chains of viem's, which say if they are UNPROVEN", () => {
    const { L1, Ledger, A: a } = chainsOf(parseDevnet(description));
    expect(L1).to.deep.include({ id: 31337, name: "Lockstep L1" });
    expect(Ledger).to.deep.include({ id: 31337001, name: "Lockstep Ledger" });
    expect(a).to.deep.include({ id: 31337002, name: "Lockstep A (UNPROVEN)" });
    expect(a?.rpcUrls.default).to.deep.equal({ http: [A.gateway], webSocket: ["ws://127.0.0.1:8548"] });
    expect(a?.lockstep).to.deep.equal({ number: 2, kind: "evm", proven: false });
  });

  it("names chains: Lockstep's number counts before an EVM chain id", () => {
    const onMainnet = { ...description, l1: { ...description.l1, chainId: 1 } };
    const network = parseDevnet(onMainnet);
    expect(resolveChain(network, 1).name).to.equal("Ledger");
    expect(resolveChain(network, { id: 1 }).name).to.equal("L1");
    expect(resolveChain(network, 31337002n).name).to.equal("A");
    for (const unknown of ["a", 3, -1, { id: 2 }])
      expect(() => resolveChain(network, unknown)).to.throw(UnknownChainError);
  });

  it("two chains of one name are refused where names are keys", () => {
    const network = parseDevnet({ ...description, rollups: [A, { ...A, id: 3 }] });
    expect(() => chainsOf(network)).to.throw(/two chains have one name/);
  });
});

describe("ABIs written out for the client", () => {
  const shape = (item: AbiItem): unknown =>
    item.type === "function"
      ? [toFunctionSelector(item), item.stateMutability, item.outputs.map(({ type }) => type)]
      : item.type === "error"
        ? [item.name, item.inputs.map(({ type }) => type)]
        : item.type === "event" && toEventSelector(item);
  const shapes = (abi: readonly AbiItem[]) => abi.map(shape);

  it("are those of the managers on L1 and on rollups", () => {
    for (const abi of [rollupsAbi, crossChainManagerAbi])
      expect(shapes(abi)).to.deep.include.members(shapes(managerAbi));
    expect(shapes(rollupsAbi)).to.deep.include.members(shapes(crossChainErrorsAbi));
  });
});
