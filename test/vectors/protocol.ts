import { concatHex, getAddress, type Hex, keccak256, numberToHex } from "viem";
import { LEDGER } from "../../builder/kinds/ledger/abi.ts";
import {
  type Action,
  callAction,
  hashAction,
  l2txAction,
  resultAction,
  revertAction,
  revertContinueAction,
} from "../../builder/protocol/action.ts";
import { type Batch, encodeBatch } from "../../builder/protocol/batch.ts";
import { MarkKind } from "../../builder/protocol/execution.ts";
import { publicInputsOf } from "../../builder/protocol/fingerprint.ts";
import { chainId, FIELD_MODULUS, fieldElement, L1, stateRoot } from "../../builder/protocol/ids.ts";
import {
  type StatementHeader,
  statementWords,
  wholeStatementWords,
} from "../../builder/protocol/statement.ts";

const A = "0x00000000000000000000000000000000000000aa";
const B = "0xffffffffffffffffffffffffffffffffffffffff";
const R = chainId(1);
const LAST = chainId(2n ** 64n - 1n);
const data = (length: number, first = 1): Hex =>
  concatHex(Array.from({ length }, (_, i) => numberToHex((first + i) % 256, { size: 1 })));

const deposit = callAction({
  from: L1,
  to: R,
  sender: A,
  target: LEDGER,
  value: 10n ** 18n,
  isStatic: false,
  data: "0x",
});
const deposited = resultAction({ from: R, to: L1, failed: false, data: "0x" });
const outgoing = callAction({
  from: R,
  to: L1,
  sender: LEDGER,
  target: B,
  value: 5n,
  isStatic: false,
  data: data(32),
});
const answered = resultAction({ from: L1, to: R, failed: false, data: data(3) });
const between = callAction({
  from: R,
  to: LAST,
  sender: LEDGER,
  target: A,
  value: 0n,
  isStatic: true,
  gas: 2 ** 32 - 1,
  data: data(31),
});

/** Transactions that follow each other and touch no other chain; one of them fails. */
const joint = [
  l2txAction(R, data(110)),
  resultAction({ from: R, to: L1, failed: false, data: data(32, 7) }),
  l2txAction(R, data(31, 40)),
  resultAction({ from: R, to: L1, failed: true, data: "0x" }),
  l2txAction(R, data(65, 80)),
  deposited,
];

const actions: Record<string, Action> = {
  deposit,
  "empty result": deposited,
  "failed result": resultAction({ from: R, to: L1, failed: true, data: data(68, 200) }),
  "call to L1 with a word of data and a byte": { ...outgoing },
  "call to L1 that says how much gas it gets": { ...outgoing, gas: 1_000_000 },
  "static call to the last rollup, a full word": between,
  "largest value": { ...deposit, value: 2n ** 128n - 1n, sender: B },
  "L2 transaction": l2txAction(R, data(245)),
  "zeros that are not padding": resultAction({
    from: R,
    to: L1,
    failed: false,
    data: numberToHex(0n, { size: 62 }),
  }),
};

/** Every action and its hash. */
export const actionVectors = Object.entries(actions).map(([name, action]) => ({
  name,
  action,
  hash: hashAction(action),
}));

const roots = [1n, 2n, FIELD_MODULUS - 1n].map(stateRoot);
const [first, second, last] = roots;
if (first === undefined || second === undefined || last === undefined)
  throw new Error("three roots are needed");

const executions = {
  "one deposit": {
    actions: [deposit, deposited],
    visits: [{ rollup: R, rootBefore: first, rootAfter: second }],
    marks: [],
  },
  "a call out and its answer": {
    actions: [
      { ...deposit, data: data(164) },
      outgoing,
      answered,
      resultAction({ ...deposited, data: data(96) }),
    ],
    visits: [{ rollup: R, rootBefore: second, rootAfter: last }],
    marks: [],
  },
  "three transactions that are one visit": {
    actions: joint,
    visits: [{ rollup: R, rootBefore: first, rootAfter: last }],
    marks: [],
  },
} as const;

/** Executions with the hashes of their actions and the key under which L1 finds them. */
export const executionVectors = Object.entries(executions).map(([name, execution]) => {
  const hashes = execution.actions.map(hashAction);
  const [trigger] = hashes;
  const root = numberToHex(execution.visits[0].rootBefore, { size: 32 });
  if (trigger === undefined) throw new Error("an execution has a trigger");
  return { name, execution, hashes, triggerKey: keccak256(concatHex([trigger, root])) };
});

/** The batch with the checksums of addresses that a reader of the calldata gives them. */
const checksummed = ({ executions, ...fields }: Batch): Batch => ({
  ...fields,
  executions: executions.map((execution) => ({
    ...execution,
    actions: execution.actions.map((action) => ({
      ...action,
      sender: getAddress(action.sender),
      target: getAddress(action.target),
    })),
  })),
});
const proof = { rollup: R, verificationKey: keccak256("0x01"), visits: [0], proof: data(33) };
const batches: Record<string, Batch> = {
  "without anything": { timestamp: 0n, blobCount: 0, executions: [], proofs: [] },
  "one deposit": {
    timestamp: 1_800_000_000n,
    blobCount: 0,
    executions: [executions["one deposit"]],
    proofs: [proof],
  },
  "three transactions that are one visit": {
    timestamp: 1_800_000_000n,
    blobCount: 0,
    executions: [executions["three transactions that are one visit"]],
    proofs: [proof],
  },
  "everything there is, of no meaning": {
    timestamp: 2n ** 64n - 1n,
    blobCount: 6,
    executions: [
      executions["a call out and its answer"],
      {
        actions: [...Object.values(actions), revertAction(R, 3), revertContinueAction(R)],
        visits: [
          { rollup: LAST, rootBefore: last, rootAfter: first },
          { rollup: R, rootBefore: first, rootAfter: first },
        ],
        marks: [
          { kind: MarkKind.SPAN, at: 1, to: 2 },
          { kind: MarkKind.RESUME, at: 2 ** 32 - 2, to: 2 ** 32 - 1 },
        ],
      },
      { actions: [], visits: [], marks: [] },
    ],
    proofs: [
      { ...proof, visits: [0, 2], proof: "0x" },
      { ...proof, rollup: LAST, visits: [1], proof: data(288) },
      { ...proof, visits: [] },
    ],
  },
};

/** Batches with the one form of their calldata, and its hash, which is their id. */
export const batchVectors = Object.entries(batches).map(([name, content]) => {
  const batch = checksummed(content);
  const calldata = encodeBatch(batch);
  return { name, batch, calldata, id: keccak256(calldata) };
});

const header: StatementHeader = {
  l1ChainId: 31337n,
  manager: "0x5FbDB2315678afecb367f032d93F642f64180aa3",
  rollup: R,
  timestamp: 1_800_000_000n,
  blobs: 0n,
};
const statements = {
  "no visit": { header, visits: [] },
  "one deposit": {
    header,
    visits: [{ rootBefore: first, rootAfter: second, actions: [deposit, deposited] }],
  },
  "three transactions that are one visit": {
    header,
    visits: [{ rootBefore: first, rootAfter: last, actions: joint }],
  },
  "two visits, blobs": {
    header: { ...header, rollup: LAST, blobs: 2n ** 248n - 1n },
    visits: [
      { rootBefore: first, rootAfter: second, actions: Object.values(actions) },
      { rootBefore: second, rootAfter: last, actions: [outgoing, answered] },
    ],
  },
};
/** Stand-ins for a circuit's commitment: the fingerprint is defined for any. */
const commitments = [0n, 123456789n, FIELD_MODULUS - 1n].map(fieldElement);

/** Statements with their words and, for several commitments, their public inputs. */
export const statementVectors = Object.entries(statements).map(([name, statement]) => {
  const words = statementWords(statement.header, statement.visits);
  return {
    name,
    ...statement,
    words,
    wholeWords: wholeStatementWords(statement.header, statement.visits),
    wordsHash: keccak256(concatHex(words.map((word) => numberToHex(word, { size: 32 })))),
    publicInputs: commitments.map((commitment) => publicInputsOf(words, commitment)),
  };
});
