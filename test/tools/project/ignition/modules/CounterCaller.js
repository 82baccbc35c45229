import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

/** Calls a counter of another chain: its proxy is made here. */
export default buildModule("Near", (m) => {
  const manager = m.contractAt("CrossChainManager", m.getParameter("manager"));
  const create = m.call(manager, "createProxy", [m.getParameter("counter"), m.getParameter("chain")]);
  const caller = m.contract("CounterCaller", [m.readEventArgument(create, "ProxyCreated", "proxy")]);
  m.call(caller, "bump");
  return { caller };
});
