/** What a contract that makes proxies answers on every chain (`ICrossChainManager`). */
export const managerAbi = [
  {
    type: "function",
    name: "createProxy",
    stateMutability: "nonpayable",
    inputs: [
      { name: "original", type: "address" },
      { name: "rollup", type: "uint64" },
    ],
    outputs: [{ name: "", type: "address" }],
  },
  {
    type: "function",
    name: "proxyOf",
    stateMutability: "view",
    inputs: [
      { name: "original", type: "address" },
      { name: "rollup", type: "uint64" },
    ],
    outputs: [{ name: "", type: "address" }],
  },
] as const;

/** Errors that a proxy reverts with for Lockstep itself, and not for the contract behind it. */
export const crossChainErrorsAbi = [
  error("ExecutionNotFound", { name: "actionHash", type: "bytes32" }),
  error("UnexpectedAction", { name: "expected", type: "bytes32" }, { name: "actual", type: "bytes32" }),
  error("RemoteError", { name: "data", type: "bytes" }),
  error(
    "InsufficientRollupBalance",
    { name: "rollup", type: "uint64" },
    { name: "balance", type: "uint256" },
    { name: "value", type: "uint256" },
  ),
  error("NativeTokenRollup", { name: "rollup", type: "uint64" }),
  error("UnknownRollup", { name: "rollup", type: "uint64" }),
  error("ValueTooLarge", { name: "value", type: "uint256" }),
  error("ReturnDataTooLarge", { name: "size", type: "uint256" }),
  error("InsufficientCallGas", { name: "available", type: "uint256" }, { name: "required", type: "uint256" }),
  error(
    "InsufficientProbeGas",
    { name: "available", type: "uint256" },
    { name: "required", type: "uint256" },
  ),
] as const;

interface Input {
  readonly name: string;
  readonly type: string;
}

function error<const name extends string, const inputs extends readonly Input[]>(
  name: name,
  ...inputs: inputs
): { readonly type: "error"; readonly name: name; readonly inputs: inputs } {
  return { type: "error", name, inputs };
}
