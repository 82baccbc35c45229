import { createServer } from "node:http";
import { expect } from "chai";
import { concatHex, type Hex, isHex, numberToHex, parseGwei } from "viem";
import { z } from "zod";
import { isSelfContained } from "../../builder/evm/self-contained.ts";
import { Upstream } from "../../builder/gateway/upstream.ts";
import { decodeTransaction } from "../../builder/intake/decode.ts";
import { envelopeOf } from "../../builder/intake/envelope.ts";
import { compileContracts } from "../../builder/node/deployment/compile.ts";
import hre from "hardhat";
import { accountAt } from "../core/setup.ts";

const sender = accountAt(1);
const to = accountAt(2).address;

describe("accounts on L1 that call no other one", () => {
  it("are those whose code has no instruction that calls, creates or is unknown", () => {
    const STOP = "00";
    const CODES: readonly (readonly [code: Hex, isSelfContained: boolean])[] = [
      ["0x", true],
      // SSTORE and LOG0.
      ["0x60015f555f5fa0", true],
      ...["f0", "f1", "f2", "f4", "f5", "fa"].map((call) => [`0x5f${call}`, false] as const),
      // Instructions that a fork may bring.
      ["0x0c", false],
      ["0xf8", false],
      // A delegation.
      [concatHex(["0xef0100", to]), false],
      // What a PUSH puts on the stack is no instruction; one that is cut off at the end neither.
      ["0x61f1f100", true],
      ["0x61f1", true],
      // Behind an end only what a jump can reach counts.
      [`0x${STOP}f1`, true],
      [`0x${STOP}f15bf1`, false],
      [`0x${STOP}5b00f1`, true],
      [`0x${STOP}60f15b`, true],
      // The JUMPDEST in a PUSH's data is none.
      [`0x${STOP}605bf1`, true],
      ["0x565bf1", false],
    ];
    for (const [code, expected] of CODES) expect(isSelfContained(code), code).to.equal(expected);
  });

  it("are no proxies, nor the contract that they belong to", async () => {
    await compileContracts();
    for (const [name, expected] of [
      ["CrossChainProxy", false],
      ["Rollups", false],
      ["Counter", true],
    ] as const) {
      const { deployedBytecode } = await hre.artifacts.readArtifact(name);
      if (!isHex(deployedBytecode)) throw new Error(`${name} has no code`);
      expect(isSelfContained(deployedBytecode), name).to.equal(expected);
    }
  });
});

describe("a transaction's envelope", () => {
  const chainId = 31337;
  const common = { chainId, nonce: 300, to, value: 7n, gas: 21_000n, data: "0x1234" } as const;
  const dynamic = { maxFeePerGas: parseGwei("2"), maxPriorityFeePerGas: 0n } as const;

  it("says what decoding says, for types 0, 1 and 2", async () => {
    for (const raw of [
      await sender.signTransaction({ ...common, type: "legacy", gasPrice: 9n }),
      await sender.signTransaction({
        ...common,
        type: "eip2930",
        gasPrice: 9n,
        accessList: [{ address: to, storageKeys: [] }],
      }),
      await sender.signTransaction({ ...common, ...dynamic, type: "eip1559" }),
      await sender.signTransaction({ ...common, ...dynamic, nonce: 0, type: "eip1559" }),
    ]) {
      const { nonce, tx } = decodeTransaction(raw, BigInt(chainId));
      expect(envelopeOf(raw, BigInt(chainId))).to.deep.equal({ nonce, to: tx.to?.toString() });
    }
    const creation = await sender.signTransaction({ ...common, ...dynamic, to: null, type: "eip1559" });
    expect(envelopeOf(creation, BigInt(chainId))).to.deep.equal({ nonce: 300n, to: undefined });
  });

  it("says nothing of other types, other chains, and what is no transaction", async () => {
    const type = "eip1559";
    const raw = await sender.signTransaction({ ...common, ...dynamic, type });
    const legacy = await sender.signTransaction({ ...common, type: "legacy", gasPrice: 9n });
    const sign = sender.signAuthorization;
    if (sign === undefined) throw new Error("viem's accounts sign authorizations");
    const authorization = await sign({ address: to, chainId, nonce: 5 });
    const authorizationList = [authorization];
    for (const [text, chain] of [
      [raw, 1n],
      [legacy, 1n],
      [await sender.signTransaction({ ...common, ...dynamic, type: "eip7702", authorizationList }), 31337n],
      [raw.slice(0, -2), 31337n],
      [raw.slice(0, -1), 31337n],
      [`${raw}00`, 31337n],
      ["0x", 31337n],
      ["0x02", 31337n],
      ["0x02c0", 31337n],
      ["0x80", 31337n],
      ["zz", 31337n],
    ] as const)
      expect(envelopeOf(`0x${text.slice(2)}`, chain), text).to.equal(undefined);
  });
});

const requestSchema = z.object({ id: z.number(), method: z.string(), params: z.tuple([z.string()]) });
type Request = z.output<typeof requestSchema>;

describe("transactions that are passed on to L1's node", () => {
  const answerTo = ({ id, params: [raw] }: Request) => ({ jsonrpc: "2.0", id, result: raw });

  /** A node that answers with the transaction's bytes, once all that are to come have come. */
  async function startNode(answer: (asked: Request | Request[]) => unknown) {
    const asked: number[] = [];
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const given = z
          .union([requestSchema, z.array(requestSchema)])
          .parse(JSON.parse(Buffer.concat(chunks).toString()));
        asked.push(Array.isArray(given) ? given.length : 1);
        response.end(JSON.stringify(answer(given)));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    const close = async () => await new Promise((resolve) => server.close(resolve));
    return { upstream: new Upstream(`http://127.0.0.1:${address.port}`), asked, close };
  }

  const raws = Array.from({ length: 120 }, (_, index) => numberToHex(index, { size: 4 }));
  const sendAll = async (upstream: Upstream) =>
    await Promise.all(
      raws.map((raw) => upstream.forward({ method: "eth_sendRawTransaction", params: [raw] })),
    );
  const expected = raws.map((result) => ({ result }));

  it("travel together when there are many, and each gets its own answer", async () => {
    const node = await startNode((asked) =>
      Array.isArray(asked) ? asked.map(answerTo).reverse() : answerTo(asked),
    );
    expect(await sendAll(node.upstream)).to.deep.equal(expected);
    expect(node.asked.length).to.be.lessThan(raws.length / 10);
    await node.close();
  });

  it("go one by one to a node that takes no batches", async () => {
    const refusal = { jsonrpc: "2.0", id: null, error: { code: -32600, message: "no batches here" } };
    const node = await startNode((asked) => (Array.isArray(asked) ? refusal : answerTo(asked)));
    expect(await sendAll(node.upstream)).to.deep.equal(expected);
    await node.close();
  });

  it("are each told of an error of their own", async () => {
    const error = { code: -32000, message: "nonce too low" };
    const one = (asked: Request) =>
      Number(asked.params[0]) % 2 === 0 ? answerTo(asked) : { jsonrpc: "2.0", id: asked.id, error };
    const node = await startNode((asked) => (Array.isArray(asked) ? asked.map(one) : one(asked)));
    const answers = await sendAll(node.upstream);
    answers.forEach((answer, index) =>
      expect(answer).to.deep.equal(index % 2 === 0 ? expected[index] : { error }),
    );
    await node.close();
  });
});
