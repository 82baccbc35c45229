import { expect } from "chai";
import {
  type Account,
  type Address,
  BaseError,
  ContractFunctionRevertedError,
  createPublicClient,
  createWalletClient,
  defineChain,
  http,
  parseAbi,
  webSocket,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { counterAbi, counterCallerAbi } from "../../../builder/devnet/tour/abi.ts";
import { crossChainManagerAbi } from "../../../builder/protocol/abi.ts";
import { artefact } from "../../core/setup.ts";
import { type Across, DIRECTIONS, type ToolChain } from "./chains.ts";
import { Seen } from "./seen.ts";

const seatPlanAbi = parseAbi([
  "error Taken(uint256 seat, address holder)",
  "function reserve(uint256 seat) returns (uint256 order)",
]);

/** viem as its guides use it, with a key of its own. */
export function viemTests(across: () => Across): void {
  function clients(
    { gateway, evmChainId: id, name }: ToolChain,
    account: Account,
    stack: AsyncDisposableStack,
  ) {
    const nativeCurrency = { name: "Ether", symbol: "ETH", decimals: 18 };
    const chain = defineChain({ id, name, nativeCurrency, rpcUrls: { default: { http: [gateway] } } });
    const common = { chain, pollingInterval: 100, cacheTime: 0 };
    const socket = createPublicClient({
      ...common,
      transport: webSocket(gateway.replace("http", "ws"), { reconnect: false }),
    });
    stack.defer(async () => {
      (await socket.transport.getRpcClient()).close();
    });
    return {
      reader: createPublicClient({ ...common, transport: http() }),
      socket,
      writer: createWalletClient({ ...common, account, transport: http() }),
    };
  }
  type Clients = ReturnType<typeof clients>;

  async function deploy({ reader, writer }: Clients, name: string, args: unknown[] = []): Promise<Address> {
    const hash = await writer.deployContract({ ...(await artefact(name)), args });
    const { contractAddress } = await reader.waitForTransactionReceipt({ hash });
    if (contractAddress == null) throw new Error(`${name} was not deployed`);
    return contractAddress;
  }

  /** The address that a proxy gets is what making it returns. */
  async function createProxy(on: ToolChain, at: Clients, original: Address, of: ToolChain): Promise<Address> {
    const { request, result } = await at.reader.simulateContract({
      address: on.manager,
      abi: crossChainManagerAbi,
      functionName: "createProxy",
      args: [original, of.id],
      account: at.writer.account,
    });
    await at.reader.waitForTransactionReceipt({ hash: await at.writer.writeContract(request) });
    return result;
  }

  for (const [from, to] of DIRECTIONS)
    it(`calls ${to.toUpperCase()} from ${from.toUpperCase()}, and is told of its event by filters, polls and subscriptions`, async () => {
      const { [from]: near, [to]: far, user } = across();
      await using stack = new AsyncDisposableStack();
      const account = privateKeyToAccount(user.privateKey);
      const [here, there] = [clients(near, account, stack), clients(far, account, stack)];
      const counter = { address: await deploy(there, "Counter"), abi: counterAbi } as const;
      const proxy = await createProxy(near, here, counter.address, far);
      const caller = {
        address: await deploy(here, "CounterCaller", [proxy]),
        abi: counterCallerAbi,
      } as const;

      const seen = new Seen();
      const filter = await there.reader.createContractEventFilter({ ...counter, eventName: "Incremented" });
      const ends = [there.reader, there.socket].map((client, index) =>
        client.watchContractEvent({
          ...counter,
          eventName: "Incremented",
          onLogs: (logs) => {
            for (const { args } of logs) seen.add(`${["poll", "socket"][index]} ${args.count}`);
          },
          onError: (error) => {
            seen.add(error.message);
          },
        }),
      );
      ends.push(there.socket.watchBlocks({ onBlock: ({ number }) => seen.add(`block ${number}`) }));
      // A watcher that polls begins with the block that it finds.
      await new Promise((resolve) => setTimeout(resolve, 500));

      const { request, result } = await here.reader.simulateContract({
        ...caller,
        account,
        functionName: "bump",
      });
      expect(result).to.equal(1n);
      const hash = await here.writer.writeContract(request);
      const receipt = await here.reader.waitForTransactionReceipt({ hash });
      expect(receipt.status).to.equal("success");
      expect(await here.reader.readContract({ ...caller, functionName: "lastResult" })).to.equal(1n);

      const logs = await there.reader.getContractEvents({
        ...counter,
        eventName: "Incremented",
        fromBlock: 0n,
      });
      expect(await there.reader.getFilterChanges({ filter })).to.deep.equal(logs);
      const by = await there.reader.readContract({
        address: far.manager,
        abi: crossChainManagerAbi,
        functionName: "proxyOf",
        args: [caller.address, near.id],
      });
      expect(logs.map(({ args }) => args)).to.deep.equal([{ by, count: 1n }]);
      await seen.all(["poll 1", "socket 1", `block ${logs[0]?.blockNumber}`]);
      for (const end of ends) end();
    });

  it("decodes an error of A in a call to L1", async () => {
    const { l1, a, user } = across();
    await using stack = new AsyncDisposableStack();
    const account = privateKeyToAccount(user.privateKey);
    const [here, there] = [clients(l1, account, stack), clients(a, account, stack)];
    const address = await createProxy(l1, here, await deploy(there, "SeatPlan"), a);
    const reserve = { address, abi: seatPlanAbi, functionName: "reserve", args: [7n], account } as const;
    const hash = await here.writer.writeContract(reserve);
    expect((await here.reader.waitForTransactionReceipt({ hash })).status).to.equal("success");
    const refused: unknown = await here.reader.simulateContract(reserve).catch((error: unknown) => error);
    const cause =
      refused instanceof BaseError && refused.walk((error) => error instanceof ContractFunctionRevertedError);
    expect(cause).to.be.instanceOf(ContractFunctionRevertedError).with.property("data").that.deep.includes({
      errorName: "Taken",
    });
  });
}
