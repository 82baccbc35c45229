import { expect } from "chai";
import {
  Contract,
  ContractFactory,
  Interface,
  isError,
  JsonRpcProvider,
  Wallet,
  WebSocketProvider,
} from "ethers";
import { artefact } from "../../core/setup.ts";
import { type Across, DIRECTIONS, type ToolChain } from "./chains.ts";
import { Seen } from "./seen.ts";

const MANAGER = new Interface([
  "function createProxy(address original, uint64 chain) returns (address)",
  "function proxyOf(address original, uint64 chain) view returns (address)",
]);

/** ethers as its guides use it, over HTTP and WebSocket, with a key of its own. */
export function ethersTests(across: () => Across): void {
  function open({ gateway }: ToolChain, stack: DisposableStack) {
    // Blocks come sooner than ethers forgets an answer by itself, a nonce for example.
    const options = { pollingInterval: 100, cacheTimeout: -1 };
    const provider = new JsonRpcProvider(gateway, undefined, options);
    stack.defer(() => {
      provider.destroy();
    });
    return { provider, signer: new Wallet(across().user.privateKey, provider) };
  }
  type Opened = ReturnType<typeof open>;

  async function deploy({ signer }: Opened, name: string, ...args: unknown[]): Promise<Contract> {
    const { abi, bytecode } = await artefact(name);
    const contract = await new ContractFactory(JSON.stringify(abi), bytecode, signer).deploy(...args);
    await contract.waitForDeployment();
    return new Contract(await contract.getAddress(), JSON.stringify(abi), signer);
  }

  async function createProxy(
    on: ToolChain,
    { signer }: Opened,
    original: Contract,
    of: ToolChain,
  ): Promise<string> {
    const create = new Contract(on.manager, MANAGER, signer).getFunction("createProxy");
    const proxy: unknown = await create.staticCall(original, of.id);
    const sent = await create(original, of.id);
    await sent.wait();
    return String(proxy);
  }

  for (const [from, to] of DIRECTIONS)
    it(`calls ${to.toUpperCase()} from ${from.toUpperCase()}, and hears of its event over HTTP and WebSocket`, async () => {
      const { [from]: near, [to]: far } = across();
      using stack = new DisposableStack();
      const [here, there] = [open(near, stack), open(far, stack)];
      const counter = await deploy(there, "Counter");
      const caller = await deploy(here, "CounterCaller", await createProxy(near, here, counter, far));

      const seen = new Seen();
      const socket = new WebSocketProvider(far.gateway.replace("http", "ws"));
      await using _closed = { [Symbol.asyncDispose]: async () => await socket.destroy() };
      const address = await counter.getAddress();
      await counter.on("Incremented", (_by: unknown, count: unknown) => {
        seen.add(`poll ${String(count)}`);
      });
      const listening = new Contract(address, counter.interface, socket);
      await listening.on("Incremented", (_by: unknown, count: unknown) => {
        seen.add(`socket ${String(count)}`);
      });
      await new Promise((resolve) => setTimeout(resolve, 500));

      const bump = caller.getFunction("bump");
      expect(await bump.staticCall()).to.equal(1n);
      const gas = await bump.estimateGas();
      const sent = await bump();
      const receipt = await sent.wait();
      expect(receipt).to.include({ status: 1, hash: sent.hash });
      expect(receipt.gasUsed <= gas, `${receipt.gasUsed} of ${gas}`).to.equal(true);
      expect(await caller.getFunction("lastResult")()).to.equal(1n);

      const events = await counter.queryFilter("Incremented", 0, "latest");
      const by = await new Contract(far.manager, MANAGER, there.provider).getFunction("proxyOf")(
        caller,
        near.id,
      );
      const topics = [...counter.interface.encodeFilterTopics("Incremented", [by])];
      expect(events.map((event) => event.topics)).to.deep.equal([topics]);
      await seen.all(["poll 1", "socket 1"]);
      await counter.removeAllListeners();
      await listening.removeAllListeners();
    });

  it("decodes an error of A in a call to L1", async () => {
    const { l1, a } = across();
    using stack = new DisposableStack();
    const here = open(l1, stack);
    const plan = await deploy(open(a, stack), "SeatPlan");
    const proxy = new Contract(await createProxy(l1, here, plan, a), plan.interface, here.signer);
    const reserve = proxy.getFunction("reserve");
    const sent = await reserve(7n);
    await sent.wait();
    const refused: unknown = await reserve.staticCall(7n).catch((error: unknown) => error);
    if (!isError(refused, "CALL_EXCEPTION")) throw refused;
    expect(refused.revert?.name).to.equal("Taken");
    expect(refused.revert?.args[0]).to.equal(7n);
  });
}
