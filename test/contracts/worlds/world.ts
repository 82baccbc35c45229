import { type Hex, toHex } from "viem";
import { encodeBatchValue } from "../../../builder/protocol/batch.ts";
import { executionValue } from "../../../builder/protocol/execution/encoding.ts";
import { L1, type StateRoot } from "../../../builder/protocol/ids.ts";
import type { ChainId } from "../../../builder/protocol/ids.ts";
import { call, proofsFor, result } from "../lists.ts";
import type { Execution } from "../../../builder/protocol/execution.ts";
import { check, checkLedger, type Planned } from "./check.ts";
import { type Answer, Model, refuse } from "./model.ts";
import { type Move, type Posting, posting, type Script, stepOf } from "./moves.ts";
import type { Pick } from "./pick.ts";
import { randomExecution, type GeneratorContext, type Trigger, undone } from "./random-execution.ts";
import { programData, recordData, send, type WorldContracts } from "./contracts.ts";

/** Seconds between the programs of a block and its transactions; its batches are of this time. */
const BLOCK_TIME = 50n;

/** One random history of blocks, each foreseen by the model and then mined. */
export class World {
  /** Names of what happened: errors, events, fates of transactions. */
  readonly seen: string[] = [];
  readonly #contracts: WorldContracts;
  readonly #pick: Pick;
  readonly #model: Model;
  readonly #context: GeneratorContext;
  readonly #consumed = new Set<string>();
  #counter = 0;
  /** Timestamp of the batch that was drawn last. */
  #timestamp = 0n;
  /** Of this block, and those before. */
  #postings: Posting[] = [];
  #scripts: Script[] = [];

  constructor(contracts: WorldContracts, pick: Pick) {
    this.#contracts = contracts;
    this.#pick = pick;
    this.#model = new Model(contracts.places, contracts.genesis, contracts.natives);
    const { places, rollups, natives, remotes } = contracts;
    this.#context = {
      pick,
      places,
      rollups,
      natives,
      remotes,
      fresh: () => ++this.#counter,
      hostile: () => [this.#hostile()],
    };
  }

  /** @throws when L1 does not do what the model says. */
  async play(): Promise<void> {
    let carried: readonly Move[] = [];
    for (let blocks = 1 + this.#pick.below(3); blocks > 0; blocks--) carried = await this.#block(carried);
  }

  /** Returns calls that are left for the next block, where they must find nothing. */
  async #block(carried: readonly Move[]): Promise<readonly Move[]> {
    const { setup, places, user } = this.#contracts;
    const { timestamp } = await setup.publicClient.getBlock();
    this.#timestamp = timestamp + 1n;
    this.#model.nextBlock(timestamp + BLOCK_TIME);
    const plans: Planned[] = [];
    let left = carried;
    for (let transactions = 1 + this.#pick.below(3); transactions > 0; transactions--) {
      const { plan, later } = this.#plan(left);
      plans.push(plan);
      left = later;
    }

    const programs: Hex[] = [];
    for (const script of this.#scripts.splice(0)) {
      programs.push(await send(this.#contracts, script.actor, programData(places, script)));
    }
    await setup.networkHelpers.time.increaseTo(timestamp + 1n);
    for (const hash of programs) {
      const { status } = await setup.publicClient.getTransactionReceipt({ hash });
      if (status !== "success") throw new Error("an L1 contract was not programmed");
    }
    const hashes: Hex[] = [];
    for (const { moves } of plans) {
      const steps = moves.map((move) => stepOf(places, user, move));
      hashes.push(await send(this.#contracts, user, recordData(steps)));
    }
    await setup.networkHelpers.time.increaseTo(timestamp + BLOCK_TIME);
    for (const [at, plan] of plans.entries()) {
      const hash = hashes[at];
      if (hash === undefined) throw new Error("a transaction was not sent");
      this.seen.push(...(await check(this.#contracts, plan, hash, this.#postings, this.#consumed)));
    }
    await checkLedger(this.#contracts, this.#model.now());
    return left;
  }

  // -------------------------------------------------------------------------------------------- transactions

  #plan(carried: readonly Move[]): { plan: Planned; later: Move[] } {
    const { user, rollups, probe } = this.#contracts;
    const moves: Move[] = [];
    const answers: Answer[] = [];
    const later: Move[] = [];
    const act = (move: Move) => {
      moves.push(move);
      const answer = this.#model.move(user, move);
      answers.push(answer);
      if (!answer.success && !move.mayFail) throw new Error(`the model itself refuses to ${move.kind}`);
    };
    this.#model.nextTransaction();
    const { success } = this.#model.attempt(() => {
      for (const move of carried) act(move);
      for (let segments = 1 + this.#pick.below(2); segments > 0; segments--) {
        for (const move of this.#segment()) {
          if (this.#pick.chance(10)) later.push(move);
          else act(move);
        }
      }
      // Nothing is open: a batch can be posted, and roots are shown.
      const root = this.#rootOf(probe);
      const lookUp = call(L1, probe, user, user, { isStatic: true });
      act({
        kind: "post",
        posting: this.#post([
          {
            actions: [lookUp, result(probe, L1)],
            visits: [{ rollup: probe, rootBefore: root, rootAfter: root }],
            marks: [],
          },
        ]),
        mayFail: false,
      });
      for (const rollup of rollups) act({ kind: "ask", rollup, mayFail: false });
      if (this.#pick.chance(8)) {
        moves.push({ kind: "fail", mayFail: false });
        refuse("the transaction reverts");
      }
      return "0x";
    });
    return { plan: { moves, answers, success, after: this.#model.now() }, later };
  }

  /** A batch and calls that play it, more or less. */
  #segment(): Move[] {
    const { pick } = this.#context;
    const executions = this.#executions();
    const post: Move = { kind: "post", posting: this.#post(executions), mayFail: true };
    let calls = executions.flatMap((execution) => this.#triggerOf(execution));
    if (pick.chance(25)) calls = calls.reverse();
    const moves = calls.flatMap((move): Move[] => {
      if (pick.chance(12)) return [];
      if (pick.chance(15)) return [move, move];
      if (pick.chance(20)) return [undone([move, ...(pick.chance(50) ? calls : [])]), move];
      if (pick.chance(20)) return [this.#hostile(), move];
      return [move];
    });
    if (pick.chance(10)) return [undone([post, ...moves]), post, ...moves];
    return [post, ...moves];
  }

  #triggerOf({ actions: [trigger] }: Execution): Move[] {
    if (trigger?.sender !== this.#contracts.user) return [];
    const { target: original, to: rollup, value, data, isStatic } = trigger;
    return [{ kind: "call", original, rollup, value, data, isStatic, mayFail: true }];
  }

  /** Executions of one batch, most of which follow upon each other. */
  #executions(): Execution[] {
    const { pick } = this.#context;
    const triggers: Trigger[] = [
      ...Array<Trigger>(pick.below(3)).fill("transaction"),
      ...Array<Trigger>(1 + pick.below(4)).fill("call"),
      ...Array<Trigger>(pick.below(2)).fill("static"),
    ];
    let planned = this.#model.roots;
    const executions: Execution[] = [];
    const lookUps: Execution[] = [];
    for (const trigger of triggers) {
      const roots = pick.chance(20) ? this.#model.roots : planned;
      const generated = randomExecution(this.#context, roots, trigger, this.#contracts.user);
      planned = generated.roots;
      executions.push(generated.execution);
      if (pick.chance(15)) executions.push(generated.execution);
      lookUps.push(...generated.lookUps);
      this.#scripts.push(...generated.scripts);
      for (const script of generated.scripts) this.#model.program(script);
    }
    return [...executions, ...lookUps];
  }

  #post(executions: readonly Execution[]): Posting {
    const input = {
      timestamp: ++this.#timestamp,
      blobCount: 0,
      executions: executions.map(executionValue),
      proofs: proofsFor(executions),
    };
    const made = posting(input, executions);
    this.#postings.push(made);
    return made;
  }

  /** What no caller should do and what must not matter. */
  #hostile(): Move {
    const { pick, rollups, remotes } = this.#context;
    const aimed = {
      original: pick.of(remotes),
      rollup: pick.of(rollups),
      data: toHex(pick.below(3), { size: 1 }),
      mayFail: true,
    };
    switch (pick.below(5)) {
      case 0:
        return { ...aimed, kind: "relay", value: BigInt(pick.below(3)), isStatic: false };
      case 1:
        return { kind: "force", value: BigInt(1 + pick.below(9)), mayFail: false };
      case 2: {
        // Scripts are stored on L1, where a large batch would take more gas than a transaction may have.
        const old = this.#postings.findLast(({ input }) => encodeBatchValue(input).length < 8_000);
        if (old !== undefined) return { kind: "post", posting: old, mayFail: true };
        return { ...aimed, kind: "call", value: 0n, isStatic: true };
      }
      case 3:
        return undone([
          { ...aimed, kind: "call", value: BigInt(pick.below(3)), isStatic: false, mayFail: true },
        ]);
      default:
        return { ...aimed, kind: "call", value: BigInt(pick.below(3)), isStatic: false };
    }
  }

  #rootOf(rollup: ChainId): StateRoot {
    const root = this.#model.roots.get(rollup);
    if (root === undefined) throw new Error("unknown rollup");
    return root;
  }
}
