/** Chai matchers of hardhat-ethers-chai-matchers that see what a transaction did on every chain. */
import type { BaseContract } from "ethers";
import { changesOf, feeOf } from "./balances.ts";
import { isChainProvider, watched } from "./emit.ts";
import type { ChainProvider } from "./on-chain.ts";

/** An account, by its address or what has one. */
type Account = string | { getAddress(): Promise<string> };
type Expected = bigint | number | string;
type Expectation = readonly Expected[] | ((changes: readonly bigint[]) => boolean);

/** What a connection's `ethers` gives. */
interface WithProvider {
  readonly provider: unknown;
}

const registered = new WeakSet<object>();

/**
 * To be used behind hardhat-ethers-chai-matchers, whose matchers it takes the place of, under their names and
 * with their arguments: `emit` of a contract on any chain, and `changeEtherBalance`, `changeEtherBalances`,
 * `changeTokenBalance`, `changeTokenBalances` of accounts and tokens on any chain.
 * @example
 * ```ts
 * import { use } from "chai";
 * import { lockstepMatchers } from "hardhat-lockstep/matchers";
 *
 * use(lockstepMatchers);
 * await expect(vault.deposit(5n)).to.emit(accountsOnA, "Credited").withArgs(5n);
 * ```
 */
export const lockstepMatchers: Chai.ChaiPlugin = ({ Assertion, AssertionError }, utils) => {
  if (registered.has(Assertion)) return;
  registered.add(Assertion);
  type Method = (...given: readonly unknown[]) => unknown;
  type Overwritten = (this: object, contract: BaseContract, ...rest: readonly unknown[]) => unknown;
  utils.overwriteMethod(
    Assertion.prototype,
    "emit",
    (original: Method): Overwritten =>
      function (contract, ...rest) {
        const subject: unknown = utils.flag(this, "object");
        return original.call(this, watched(contract, subject) ?? contract, ...rest);
      },
  );

  const balances =
    (isList: boolean) =>
    (): ((
      this: object,
      ethers: WithProvider,
      accounts: Account | readonly Account[],
      expected: Expectation | Expected | ((change: bigint) => boolean),
      options?: { includeFee?: boolean },
    ) => Promise<void>) =>
      async function (ethers, accounts, expected, options) {
        const addresses = await Promise.all(listOf(accounts).map(addressOf));
        const provider = providerOf(ethers.provider);
        const read = async (block: number) =>
          await Promise.all(addresses.map((address) => provider.getBalance(address, block)));
        const change = await changesOf(utils.flag(this, "object"), provider, read);
        const by = change.by.map((each, index) =>
          options?.includeFee === true ? each : each + feeOf(change, addresses[index] ?? ""),
        );
        judge(this, `ether balance of ${addresses.join(", ")}`, by, isList, expected);
      };
  const tokenBalances =
    (isList: boolean) =>
    (): ((
      this: object,
      ethers: WithProvider,
      token: BaseContract,
      accounts: Account | readonly Account[],
      expected: Expectation | Expected | ((change: bigint) => boolean),
    ) => Promise<void>) =>
      async function (_ethers, token, accounts, expected) {
        const addresses = await Promise.all(listOf(accounts).map(addressOf));
        const read = async (block: number): Promise<readonly bigint[]> =>
          await Promise.all(
            addresses.map(async (address) =>
              BigInt(String(await token.getFunction("balanceOf")(address, { blockTag: block }))),
            ),
          );
        const { by } = await changesOf(utils.flag(this, "object"), providerOf(token.runner?.provider), read);
        judge(
          this,
          `balance of ${addresses.join(", ")} in ${await token.getAddress()}`,
          by,
          isList,
          expected,
        );
      };
  utils.overwriteMethod(Assertion.prototype, "changeEtherBalance", balances(false));
  utils.overwriteMethod(Assertion.prototype, "changeEtherBalances", balances(true));
  utils.overwriteMethod(Assertion.prototype, "changeTokenBalance", tokenBalances(false));
  utils.overwriteMethod(Assertion.prototype, "changeTokenBalances", tokenBalances(true));

  function judge(assertion: object, what: string, by: readonly bigint[], isList: boolean, expected: unknown) {
    const [first = 0n] = by;
    const isMet =
      typeof expected === "function"
        ? Reflect.apply(expected, undefined, [isList ? by : first]) === true
        : listOf(expected).length === by.length &&
          listOf(expected).every((each, index) => BigInt(String(each)) === by[index]);
    const wanted =
      typeof expected === "function" ? "satisfy the predicate" : `be ${listOf(expected).join(", ")}`;
    const isNegated = utils.flag(assertion, "negate") === true;
    if (isMet !== isNegated) return;
    const message = `Expected the change of the ${what} ${isNegated ? "NOT " : ""}to ${wanted}, but it is ${by.join(", ")}`;
    throw new AssertionError(message, { actual: by, expected, showDiff: false });
  }
};

function listOf<Item>(items: Item | readonly Item[]): readonly Item[];
function listOf(items: unknown): readonly unknown[] {
  if (!Array.isArray(items)) return [items];
  const list: readonly unknown[] = items;
  return list;
}

async function addressOf(account: Account): Promise<string> {
  return typeof account === "string" ? account : await account.getAddress();
}

function providerOf(provider: unknown): ChainProvider {
  if (isChainProvider(provider)) return provider;
  throw new TypeError("the first argument has no provider of a chain: pass a connection's ethers");
}
