pragma circom 2.1.6;

// Numbers of docs/spec.md that the ledger's circuits share. test/circuits/constants.test.ts derives each of them again.

function STATEMENT_DOMAIN() { return 234121953461282077787233238397350864968107255006381944746772690555550982021; }
function LEDGER_TX_DOMAIN() { return 417357874856455552628210233191933246746576650029513039680927838817699973991; }
function LEDGER_ADDRESS() { return 0x4c6564676572; }

// Kinds of action.
function KIND_RESULT() { return 1; }
function KIND_L2TX() { return 2; }

// Gas that L1 gives to the callee of an L2TX's send.
function OUTGOING_GAS() { return 1000000; }

// First words of calldata and of error data.
function SELECTOR_TRANSFER() { return 0xf8548e36; }
function SELECTOR_BALANCE_OF() { return 0x3656eec2; }
function SELECTOR_SEND() { return 0xd611067e; }
function ERROR_INVALID_CALLDATA() { return 0x8129bbcd; }
function ERROR_STATIC_CALL_VIOLATION() { return 0x80c59e7f; }
function ERROR_INSUFFICIENT_BALANCE() { return 0xcf479181; }

// Capacities in bytes.
function MAX_CALLDATA() { return 424; }
function MAX_PAYLOAD() { return 256; }
function MAX_RETURN() { return 256; }
function L2TX_HEADER() { return 176; }
// abi.encode(bytes) of MAX_RETURN bytes.
function MAX_ENCODED_RETURN() { return 320; }

function TREE_DEPTH() { return 16; }
// Account keys are chain << 160 | address.
function ACCOUNT_KEY_BITS() { return 224; }

// Words of an action before its data: packed, sender, target, value.
function HEAD_WORDS() { return 4; }
