import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";
import { ZeroAddress } from "ethers";
import {
  EntryPoint,
  Safe,
  SafeProxyFactory,
  V2Factory,
  V2Pair,
  V3Factory,
  V3Pool,
} from "../../scripts/artifacts.js";

export default buildModule("Everything", (m) => {
  const user = m.getAccount(0);
  const other = m.getAccount(1);

  // OpenZeppelin
  const coin = m.contract("Coin");
  const coin2 = m.contract("Coin", [], { id: "Coin2" });
  const card = m.contract("Card");
  const goods = m.contract("Goods");
  m.call(coin, "transfer", [other, 5n]);
  m.call(card, "transferFrom", [user, other, 1n]);
  m.call(goods, "safeTransferFrom", [user, other, 7n, 3n, "0x"]);

  // Uniswap
  const v2 = m.contract("V2Factory", V2Factory, [user]);
  const createPair = m.call(v2, "createPair", [coin, coin2]);
  const pair = m.contractAt("V2Pair", V2Pair, m.readEventArgument(createPair, "PairCreated", "pair"));
  const liquidity = [coin, coin2].map((each, index) =>
    m.call(each, "transfer", [pair, 10n ** 21n], { id: `liquidity${index}` }),
  );
  m.call(pair, "mint", [user], { after: liquidity });
  const v3 = m.contract("V3Factory", V3Factory);
  const createPool = m.call(v3, "createPool", [coin, coin2, 3_000]);
  const pool = m.contractAt("V3Pool", V3Pool, m.readEventArgument(createPool, "PoolCreated", "pool"));
  m.call(pool, "initialize", [2n ** 96n]);

  // Safe
  const singleton = m.contract("Safe", Safe);
  const factory = m.contract("SafeProxyFactory", SafeProxyFactory);
  const setup = m.encodeFunctionCall(singleton, "setup", [
    [user],
    1n,
    ZeroAddress,
    "0x",
    ZeroAddress,
    ZeroAddress,
    0n,
    ZeroAddress,
  ]);
  const createProxy = m.call(factory, "createProxyWithNonce", [singleton, setup, 0n]);
  const proxy = m.readEventArgument(createProxy, "ProxyCreation", "proxy");
  const safe = m.contractAt("SafeProxy", Safe, proxy);

  const entryPoint = m.contract("EntryPoint", EntryPoint);
  m.call(entryPoint, "depositTo", [other], { value: 10n ** 18n });

  return { coin, card, goods, v2, pair, v3, pool, singleton, safe, entryPoint };
});
