import type { ErrorDescriptors } from "./descriptor.ts";

/** What a gateway's client asks for. */
export const GATEWAY_ERRORS = {
  INVALID_PARAMS: {
    title: "wrong parameters",
    meaning: "The parameters of a JSON-RPC method are not what it takes (-32602).",
    remedy: "The message names the parameter.",
  },
  UNREADABLE_BODY: {
    title: "the request is not JSON",
    meaning: "The body of a request is not UTF-8, not JSON, or nested too deeply (-32700).",
    remedy: "Send JSON-RPC 2.0.",
  },
  BLOCK_NOT_FOUND: {
    title: "no such block",
    meaning: "The rollup has no block of this number or hash.",
    remedy: "Ask for `latest`. After a reorganisation of L1 a block may have another hash.",
  },
  TRANSACTION_NOT_FOUND: {
    title: "no such transaction",
    meaning: "No block of the rollup has a transaction of this hash.",
    remedy: "Wait until the transaction is in a block.",
  },
  REPLAY_REQUEST: {
    title: "a replay is asked for what it is not there for",
    meaning:
      "The path `/replay/<hash>` of a rollup's gateway shows one past transaction to tools that execute it themselves. It takes the hash of a transaction that runs code, and sends nothing.",
    remedy:
      "`cast run HASH --rpc-url <gateway>/replay/HASH`, with the same hash twice. Send transactions to the gateway itself.",
  },
  REPLAY_DIFFERS: {
    title: "a transaction cannot be replayed on one chain",
    meaning:
      "An EVM of one chain would not come to what the transaction did, though it is told what other chains answered: the transaction depends on how much gas was left, or on `tx.origin` in a static call from L1.",
    remedy: "`cast rpc lockstep_traceTransaction HASH` shows what it did on all chains.",
  },
  HISTORICAL_STATE: {
    title: "the state of an old block",
    meaning:
      "The state after this block is not kept: of EVM rollups that of the latest 1,024 blocks is; ledgers, calls across chains and proofs have the latest alone.",
    remedy: "Ask for a later block, or for `latest`.",
  },
  HISTORICAL_CROSSING: {
    title: "a call on an earlier block leaves its rollup",
    meaning: "A call on an earlier state of a rollup calls another chain, whose state of then is not kept.",
    remedy: "Ask for `latest`.",
  },
  EXECUTION_TIMEOUT: {
    title: "a call runs for too long",
    meaning: "EVM code of a call, an estimate or a transaction ran for longer than a gateway lets it.",
    remedy: "Ask for less, or start with a greater `--call-timeout`.",
  },
  CLIENT_GONE: {
    title: "the client has left",
    meaning: "The connection of a client closed while its call was played. The call was ended.",
    remedy: "Keep the connection open until the answer comes.",
  },
  TOO_MANY_LOGS: {
    title: "too many logs match",
    meaning: "More logs match than one answer may have.",
    remedy: "Ask for fewer blocks, or narrow the filter.",
  },
  FILTER_NOT_FOUND: {
    title: "no such filter",
    meaning: "The filter was never there, was removed, or was not polled for five minutes.",
    remedy: "Make a new one.",
  },
  FILTER_LIMIT: {
    title: "too many filters or changes",
    meaning: "There are too many filters, or a filter has too many changes since it was last polled.",
    remedy: "Uninstall filters that are not needed, and poll more often.",
  },
  TRACE_TOO_DEEP: {
    title: "the trace is too deep",
    meaning: "The frames are nested more deeply than a trace shows.",
    remedy: "Ask with `onlyTopCall`.",
  },
  UNSUPPORTED_TRACER: {
    title: "no such tracer",
    meaning: "Rollups are traced by `callTracer` only, without logs.",
    remedy: "Use `callTracer`.",
  },
  UNSUPPORTED_PROOF: {
    title: "no `eth_getProof`",
    meaning: "The rollup's state is no Merkle Patricia trie.",
    remedy: "Use `lockstep_getProof`.",
  },
  UNSUPPORTED_ENCODING: {
    title: "no encoding of that",
    meaning:
      "Blocks of rollups, calls from other chains, and L1's transactions of impersonated senders have no encoding.",
    remedy: "Use `eth_getBlockByNumber`, or `debug_getRawTransaction` for what was signed.",
  },
  GENESIS_TRACE: {
    title: "the genesis block has no trace",
    meaning: "Nothing ran in the genesis block.",
    remedy: "Ask for a later block.",
  },
  SIMULATED_CALL_REFUSED: {
    title: "`eth_simulateV1` refuses a call or block",
    meaning: "Blocks are not in order, or a call could be in none (-38010 to -38026).",
    remedy: "The message says what is wrong with it.",
  },
  UNSIGNED_CROSSING: {
    title: "an unsigned transaction would leave L1",
    meaning:
      "`eth_sendTransaction` names an account that only the L1 node signs for, and the transaction calls a rollup.",
    remedy: "Sign the transaction, and use `eth_sendRawTransaction`.",
  },
  UNTRUSTED_CALLER: {
    title: "a foreign page may not sign",
    meaning:
      "A web page of a foreign origin, or under a foreign host name, asks for signatures or node controls.",
    remedy: "Start with `--allow-origin`, or reach the gateway as `localhost` or by its IP address.",
  },
  EVM_CHAIN_ID_GIVEN: {
    title: "an EVM chain id in place of Lockstep's number",
    meaning:
      "`createProxy`, `proxyOf` or `passOn` was given the chain id that wallets know a chain by. Proxies take Lockstep's numbers: 0 is L1, rollups count from 1.",
    remedy: "Give the number that the message names.",
  },
  SEARCH_TOO_LONG: {
    title: "nothing found in as many blocks as a request looks into",
    meaning: "A search of Otterscan's methods (`ots_…`) looks into 1,000 blocks, and found nothing there.",
    remedy: "Ask again from the block that the message names, if it names one.",
  },
  UNSUPPORTED_TRANSACTION: {
    title: "no blobs on rollups",
    meaning: "Transactions of type 3 are for L1 only.",
    remedy: "Send a transaction of type 2.",
  },
  UNKNOWN_ACCOUNT: {
    title: "the gateway has no such key",
    meaning: "`eth_sendTransaction` names an account whose key the gateway does not hold.",
    remedy: "Sign the transaction, and use `eth_sendRawTransaction`.",
  },
  L1_UNREACHABLE: {
    title: "the L1 node does not answer",
    meaning: "The L1 node cannot be reached. Nothing was changed.",
    remedy: "Start the node, or correct the address given with `--rpc`; then send the request again.",
  },
  L1_REFUSED: {
    title: "the L1 node's own error",
    meaning: "The L1 node answers a request with an error, which is passed on as it is.",
    remedy: "See what the node says.",
  },
  L1_RPC_ERROR: {
    title: "the L1 node refuses a request",
    meaning: "The L1 node answers with an error, which the message has.",
    remedy: "See what the node says.",
  },
} as const satisfies ErrorDescriptors;
