import { expect } from "chai";
import { zeroAddress } from "viem";
import { InvalidExecutionError } from "../../../builder/protocol/execution/errors.ts";
import { type Resume, walkExecution } from "../../../builder/protocol/execution/walk.ts";
import {
  type Action,
  callAction,
  l2txAction,
  resultAction,
  revertAction,
  revertContinueAction,
} from "../../../builder/protocol/action.ts";
import { chainId, type ChainId, L1 } from "../../../builder/protocol/ids.ts";

const [A, B, C] = [chainId(1), chainId(2), chainId(3)];

const call = (from: ChainId, to: ChainId, isStatic = false): Action =>
  callAction({
    from,
    to,
    sender: zeroAddress,
    target: zeroAddress,
    value: 0n,
    isStatic,
    gas: from === L1 ? 0 : 1,
    data: "0x",
  });
const result = (from: ChainId, to: ChainId, failed = false): Action =>
  resultAction({ from, to, failed, data: "0x" });
const undo = (rollup: ChainId, number: number): Action[] => [
  revertAction(rollup, number),
  revertContinueAction(rollup),
];

/** What the list means, in numbers. */
function meaning(actions: readonly Action[], resumes: readonly Resume[] = []) {
  const { visits, spans, endings } = walkExecution(actions, resumes);
  return {
    visits: visits.map(({ rollup, places, isAbandoned }) => [
      Number(rollup),
      places,
      isAbandoned ? "abandoned" : "ended",
    ]),
    spans: [...spans],
    endings: endings.map(({ at, visits: effective }) => [at, effective]),
  };
}

describe("paths of an execution", () => {
  it("lets visits end in the order in which they do", () => {
    const actions = [call(L1, A), call(A, B), result(B, A), result(A, L1)];
    expect(meaning(actions)).to.deep.equal({
      visits: [
        [2, [1, 2], "ended"],
        [1, [0, 1, 2, 3], "ended"],
      ],
      spans: [],
      endings: [[3, [0, 1]]],
    });
  });

  it("forgets, on a rollup that waits, what another rollup's frame takes back", () => {
    const actions = [
      call(L1, C),
      call(C, A),
      call(A, C),
      result(C, A),
      ...undo(A, 0),
      result(A, C),
      result(C, L1),
    ];
    expect(meaning(actions)).to.deep.equal({
      visits: [
        [3, [0, 1, 2, 3], "abandoned"],
        [1, [1, 2, 3, 4, 5, 6], "ended"],
        [3, [0, 1, 6, 7], "ended"],
      ],
      spans: [[2, 1]],
      endings: [[7, [1, 2]]],
    });
  });

  it("keeps a failed operation in both rollups' visits, and forgets what it did on a third", () => {
    const actions = [
      call(L1, C),
      call(C, A),
      call(A, B),
      call(B, C),
      result(C, B),
      result(B, A, true),
      result(A, C),
      result(C, L1),
    ];
    expect(meaning(actions)).to.deep.equal({
      visits: [
        [2, [2, 3, 4, 5], "ended"],
        [3, [0, 1, 3, 4], "abandoned"],
        [1, [1, 2, 5, 6], "ended"],
        [3, [0, 1, 6, 7], "ended"],
      ],
      spans: [[2, 1]],
      endings: [[7, [2, 3]]],
    });
  });

  it("counts the calls of the operation that reverts, failed and static ones too", () => {
    const actions = [
      call(L1, A),
      call(A, B),
      result(B, A, true),
      call(A, B, true),
      result(B, A),
      call(A, B),
      result(B, A),
      ...undo(A, 2),
      result(A, L1),
    ];
    expect(meaning(actions).spans).to.deep.equal([[5, 1]]);
    expect(meaning(actions).endings).to.deep.equal([[9, [3]]]);
  });

  it("counts how often something goes back to the same call", () => {
    const twice = [
      call(L1, A),
      call(A, B),
      result(B, A),
      ...undo(A, 0),
      call(A, B),
      result(B, A),
      ...undo(A, 0),
    ];
    expect(meaning([...twice, result(A, L1)]).spans).to.deep.equal([[1, 2]]);
  });

  it("goes on from a turn of L1 in another way", () => {
    const actions = [
      call(L1, A),
      call(A, L1),
      call(L1, B),
      result(B, L1),
      result(L1, A, true),
      result(A, L1),
    ];
    expect(meaning(actions, [{ at: 2, to: 4 }])).to.deep.equal({
      visits: [
        [2, [2, 3], "ended"],
        [1, [0, 1, 4, 5], "ended"],
      ],
      spans: [],
      endings: [[5, [1]]],
    });
  });

  it("lets L1 look a waiting rollup up without leaving its turn", () => {
    const actions = [
      call(L1, A),
      call(A, L1),
      call(L1, A, true),
      result(A, L1),
      result(L1, A),
      result(A, L1),
    ];
    expect(meaning(actions, [{ at: 2, to: 4 }]).visits).to.deep.equal([
      [1, [0, 1, 2, 3], "abandoned"],
      [1, [0, 1, 4, 5], "ended"],
    ]);
  });

  it("knows several endings of a call, but one of a transaction", () => {
    const answered = [call(A, L1), result(L1, A, true), result(A, L1), result(L1, A), result(A, L1)];
    const fork = [{ at: 2, to: 4 }];
    expect(meaning([call(L1, A), ...answered], fork).endings).to.deep.equal([
      [3, [0]],
      [5, [1]],
    ]);
    expect(() => meaning([l2txAction(A, "0x"), ...answered], fork)).to.throw(InvalidExecutionError);
  });

  const transactions = (...failed: readonly boolean[]) =>
    failed.flatMap((fails) => [l2txAction(A, "0x"), result(A, L1, fails)]);

  it("takes transactions that follow each other and cross no border as one visit", () => {
    expect(meaning(transactions(false, false, false))).to.deep.equal({
      visits: [[1, [0, 1, 2, 3, 4, 5], "ended"]],
      spans: [],
      endings: [[5, [0]]],
    });
  });

  it("gives several transactions an effect if one of them does not fail", () => {
    const effective = (...failed: readonly boolean[]) => {
      const { visits, endings } = walkExecution(transactions(...failed), []);
      return { keepsRoot: visits[0]?.keepsRoot, effects: endings[0]?.visits };
    };
    expect(effective(true)).to.deep.equal({ keepsRoot: true, effects: [] });
    expect(effective(true, true)).to.deep.equal({ keepsRoot: true, effects: [] });
    for (const failed of [
      [true, false],
      [false, true],
      [true, false, true],
    ])
      expect(effective(...failed)).to.deep.equal({ keepsRoot: false, effects: [0] });
  });

  const refused: readonly (readonly [string, readonly Action[], (readonly Resume[])?])[] = [
    ["an action of a chain without control", [call(L1, A), call(B, A)]],
    ["a RESULT that answers nothing", [result(L1, A)]],
    ["an end in the middle", [call(L1, A), call(A, L1)]],
    ["no ending", [call(L1, A), call(A, L1), call(L1, B), result(B, L1)]],
    ["actions after an ending", [call(L1, A), result(A, L1), call(L1, A), result(A, L1)]],
    ["transactions of two rollups", [...transactions(false), l2txAction(B, "0x"), result(B, L1)]],
    [
      "a transaction that calls, after others",
      [...transactions(false), l2txAction(A, "0x"), call(A, B), result(B, A), result(A, L1)],
    ],
    [
      "a transaction after one that called",
      [l2txAction(A, "0x"), call(A, B), result(B, A), result(A, L1), ...transactions(false)],
    ],
    ["a call after a transaction", [...transactions(false), call(L1, A), result(A, L1)]],
    ["a transaction after a call", [call(L1, A), result(A, L1), ...transactions(false)]],
    [
      "a transaction while another one calls L1",
      [l2txAction(A, "0x"), call(A, L1), l2txAction(A, "0x"), result(A, L1), result(L1, A), result(A, L1)],
    ],
    ["a transaction without an answer", [...transactions(false), l2txAction(A, "0x")]],
    ["a RESULT too many after transactions", [...transactions(false, false), result(A, L1)]],
    ["a REVERT between transactions", [...transactions(false), ...undo(A, 0), result(A, L1)]],
    ["a transaction as an alternative", transactions(false, false, false), [{ at: 2, to: 4 }]],
    [
      "a REVERT without an answer",
      [call(L1, A), call(A, B), result(B, A), revertAction(A, 0), result(L1, A)],
    ],
    ["a REVERT to a call that was not made", [call(L1, A), ...undo(A, 0), result(A, L1)]],
    [
      "a REVERT to a static call",
      [call(L1, A), call(A, B, true), result(B, A), ...undo(A, 0), result(A, L1)],
    ],
    [
      "a REVERT to a call of an operation around it",
      [call(L1, A), call(A, B), call(B, A), ...undo(A, 0), result(A, B), result(B, A), result(A, L1)],
    ],
    ["a live call in a static one", [call(L1, A, true), call(A, B), result(B, A), result(A, L1)]],
    [
      "a RESUME where a rollup acts",
      [call(L1, A), call(A, B), result(B, A), result(A, L1), result(A, L1)],
      [{ at: 3, to: 4 }],
    ],
    [
      "going on after a failed RESULT to L1",
      [call(L1, A), call(A, L1), call(L1, B), result(B, L1, true), result(L1, A), result(A, L1)],
    ],
    [
      "a path that ends while L1 calls",
      [call(L1, A), call(A, L1), result(L1, A), call(A, L1), result(L1, A, true), result(A, L1)],
      [{ at: 2, to: 4 }],
    ],
    [
      "a failed RESULT of L1's with calls that were not undone",
      [call(L1, A), call(A, L1), call(L1, B), result(B, L1), result(L1, A, true), result(A, L1)],
    ],
    [
      "a call of L1's inside a static one",
      [call(L1, A, true), call(A, L1, true), call(L1, B, true), result(B, L1), result(L1, A), result(A, L1)],
      [{ at: 2, to: 4 }],
    ],
    [
      "a RESUME that is never reached",
      [call(L1, A), call(A, L1), result(L1, A), result(A, L1)],
      [{ at: 2, to: 9 }],
    ],
  ];
  for (const [what, actions, resumes] of refused)
    it(`refuses ${what}`, () => {
      expect(() => meaning(actions, resumes)).to.throw(InvalidExecutionError);
    });
});
