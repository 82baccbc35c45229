// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {
    Action,
    Batch,
    CALL,
    Execution,
    L1,
    L2TX,
    Mark,
    RollupProof,
    SPAN,
    StateRoot,
    Visit
} from "../../interfaces/Actions.sol";
import {isNative, indexOf, rollupAt, ROLLUPS} from "./GeneratedExecution.sol";

/// One thing that makes a batch wrong.
enum Mutation {
    OF_THE_FUTURE,
    NOT_PROVEN,
    VISIT_WITHOUT_PROOF,
    FOREIGN_KEY,
    PROOF_OF_ANOTHER_ROLLUP,
    OTHER_ROOT_BEFORE,
    ROOT_THAT_MUST_NOT_CHANGE,
    BROKEN_CHAIN,
    NO_END,
    CALL_TO_ROLLUPS,
    GAS_LEFT_OPEN,
    LIVE_CALL_INSIDE_STATIC,
    VALUE_OF_STATIC_CALL,
    PROOFS_OUT_OF_ORDER,
    SPAN_OF_MORE,
    SPAN_OF_LESS,
    SPAN_FOR_NOTHING
}

function nameOfMutation(Mutation mutation) pure returns (string memory) {
    return
        [
            "refused: of the future",
            "refused: not proven",
            "refused: a visit without proof",
            "refused: a foreign key",
            "refused: a proof of another rollup",
            "refused: another root before",
            "refused: a root that must not change",
            "refused: a broken chain",
            "refused: a list without its end",
            "refused: a call to Rollups",
            "refused: gas left to the submitter",
            "refused: a live call inside a static one",
            "refused: value of a static call",
            "refused: proofs out of order",
            "refused: a SPAN of more undoings",
            "refused: a SPAN of fewer undoings",
            "refused: a SPAN for nothing"
        ][uint256(mutation)];
}

/// @title Mutations of a batch of one execution
/// @notice Each leaves the rest as good as it can, so that a missing check shows.
library BatchMutations {
    /// Makes the batch one that must be refused.
    /// @param seed Chooses what is changed, and to what.
    /// @param manager `Rollups`.
    /// @return Whether the mutation applies to this batch.
    function mutate(
        Batch memory batch,
        Mutation mutation,
        uint256 seed,
        address manager
    ) internal view returns (bool) {
        if (mutation == Mutation.OF_THE_FUTURE) batch.timestamp = uint64(block.timestamp + 1);
        else if (mutation <= Mutation.PROOF_OF_ANOTHER_ROLLUP) _mutateProofs(batch.proofs, mutation, seed);
        else if (mutation <= Mutation.NO_END)
            return _mutateList(batch.executions[0].actions, batch.executions[0].visits, mutation, seed);
        else if (mutation <= Mutation.VALUE_OF_STATIC_CALL)
            return _mutateCall(batch.executions[0].actions, mutation, manager);
        else if (mutation == Mutation.PROOFS_OUT_OF_ORDER) return _swapProofs(batch.proofs, seed);
        else if (mutation == Mutation.SPAN_FOR_NOTHING) return _addSpan(batch.executions[0], seed);
        else return _mutateSpan(batch.executions[0].marks, mutation, seed);
        return true;
    }

    function _mutateProofs(RollupProof[] memory proofs, Mutation mutation, uint256 seed) private pure {
        RollupProof memory proof = proofs[seed % proofs.length];
        if (mutation == Mutation.NOT_PROVEN) {
            proof.proof = "forged";
        } else if (mutation == Mutation.VISIT_WITHOUT_PROOF) {
            proofs[seed % proofs.length] = proofs[proofs.length - 1];
            // Cuts the last one off.
            assembly ("memory-safe") {
                mstore(proofs, sub(mload(proofs), 1))
            }
        } else if (mutation == Mutation.FOREIGN_KEY) {
            proof.verificationKey = bytes32(seed);
        } else {
            // All rollups have the same keys.
            proof.rollup = rollupAt((indexOf(proof.rollup) + 1) % ROLLUPS);
        }
    }

    function _mutateList(
        Action[] memory actions,
        Visit[] memory visits,
        Mutation mutation,
        uint256 seed
    ) private pure returns (bool) {
        StateRoot other = StateRoot.wrap(bytes32(seed >> 8));
        Action memory end = actions[actions.length - 1];
        // The visit that ends last is that of the trigger.
        Visit memory last = visits[visits.length - 1];
        if (mutation == Mutation.OTHER_ROOT_BEFORE) {
            return _unchain(visits, seed, other);
        } else if (mutation == Mutation.BROKEN_CHAIN) {
            // Given by another chain than was called.
            end.from = L1;
        } else if (mutation == Mutation.NO_END) {
            // As if the visit had been abandoned.
            last.rootAfter = last.rootBefore;
            assembly ("memory-safe") {
                mstore(actions, sub(mload(actions), 1))
            }
        } else {
            last.rootAfter = other;
            return actions[0].isStatic || _hasFailed(actions);
        }
        return true;
    }

    /// Whether what triggers the execution failed, be it several transactions.
    function _hasFailed(Action[] memory actions) private pure returns (bool) {
        bool isJoint = actions.length > 2 && actions[2].kind == L2TX;
        for (uint256 i = isJoint ? 1 : actions.length - 1; i < actions.length; i += 2) {
            if (!actions[i].failed) return false;
        }
        return true;
    }

    /// Has a visit start from another root than the one before it of the same rollup leads to. Where an
    /// execution finds a rollup is free: there it is not played unless the rollup is there.
    function _unchain(Visit[] memory visits, uint256 seed, StateRoot other) private pure returns (bool) {
        for (uint256 i = 0; i < visits.length; i++) {
            uint256 at = (seed + i) % visits.length;
            for (uint256 before = 0; before < at; before++) {
                if (visits[before].rollup != visits[at].rollup) continue;
                visits[at].rootBefore = other;
                return true;
            }
        }
        return false;
    }

    function _swapProofs(RollupProof[] memory proofs, uint256 seed) private pure returns (bool) {
        if (proofs.length < 2) return false;
        uint256 at = seed % (proofs.length - 1);
        (proofs[at], proofs[at + 1]) = (proofs[at + 1], proofs[at]);
        return true;
    }

    /// Announces an undoing more or less of a call to which some go back.
    function _mutateSpan(Mark[] memory marks, Mutation mutation, uint256 seed) private pure returns (bool) {
        for (uint256 i = 0; i < marks.length; i++) {
            Mark memory mark = marks[(seed + i) % marks.length];
            if (mark.kind != SPAN) continue;
            if (mutation == Mutation.SPAN_OF_LESS) mark.to--;
            else mark.to += seed % 2 == 0 ? 1 : 50;
            return true;
        }
        return false;
    }

    /// Announces an undoing of a call to which none goes back.
    function _addSpan(Execution memory execution, uint256 seed) private pure returns (bool) {
        uint256 count = execution.actions.length;
        for (uint256 i = 0; i < count; i++) {
            uint256 at = (seed + i) % count;
            Action memory action = execution.actions[at];
            if (action.kind != CALL || action.isStatic || action.from == L1) continue;
            uint256 place = 0;
            Mark[] memory marks = execution.marks;
            while (place < marks.length && marks[place].at < at) place++;
            if (place < marks.length && marks[place].at == at) continue;
            Mark[] memory more = new Mark[](marks.length + 1);
            for (uint256 j = 0; j < marks.length; j++) more[j < place ? j : j + 1] = marks[j];
            more[place] = Mark(SPAN, uint32(at), 1);
            execution.marks = more;
            return true;
        }
        return false;
    }

    /// Changes the first call of which a wrong one can be made.
    function _mutateCall(
        Action[] memory actions,
        Mutation mutation,
        address manager
    ) private pure returns (bool) {
        for (uint256 i = 0; i < actions.length; i++) {
            Action memory action = actions[i];
            if (action.kind != CALL) continue;
            if (mutation == Mutation.CALL_TO_ROLLUPS) {
                if (action.to != L1) continue;
                action.target = manager;
            } else if (mutation == Mutation.GAS_LEFT_OPEN) {
                // Inside another call to L1, and in what L1 triggers, no gas has to be named.
                if (action.to != L1 || action.gas == 0) continue;
                action.gas = 0;
            } else if (mutation == Mutation.VALUE_OF_STATIC_CALL) {
                if (!action.isStatic || isNative(action.from) || isNative(action.to)) continue;
                action.value = 1;
            } else {
                bool isInside = i != 0 && actions[i - 1].kind == CALL && actions[i - 1].isStatic;
                if (!isInside) continue;
                action.isStatic = false;
            }
            return true;
        }
        return false;
    }
}
