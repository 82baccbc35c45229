// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IProofSystem, Statement} from "../../interfaces/IProofSystem.sol";
import {Bn254} from "../Bn254.sol";
import {NOWHERE, Place, Places} from "../Place.sol";
import {BusProof, BusProofs} from "./BusProofs.sol";
import {CallerProxies} from "./CallerProxies.sol";
import {CodeOpenings, OpenedStatement} from "./CodeOpenings.sol";
import {Check, Equations, SetUse} from "./Equations.sol";
import {KeySets} from "./KeySets.sol";
import {PrecompileCheck} from "./PrecompileCheck.sol";
import {Questions} from "./Questions.sol";
import {StatementActions} from "./StatementActions.sol";
import {Bus, Terms} from "./Terms.sol";
import {Transcript} from "./Transcript.sol";

/// @title Groth16 proofs on a bus: any number of statements in one pairing call
/// @notice A proof (A, B, C, D) of public inputs x under a key (δ, η, IC) of a set (α, β) holds if
///
///     e(A, B) = e(α, β) · e(IC_0 + Σ x_i IC_i, 1) · e(D, η) · e(C, δ)
///
/// and the codes of a statement, each with P = Π p over its proofs, are opened at γ by W if
///
///     e(Σ r·((γ − E)·C_T − P·C_Q) + γ·W, 1) = e(W, τ)
///
/// All equations are checked at once: each is raised to a coefficient ρ that depends on everything, and the
/// product of all must hold. With a false equation among them it does not, but for a chance of about 2^-127.
contract BusProofSystem is KeySets, CodeOpenings, StatementActions {
    using BusProofs for BusProof;
    using Equations for Check;
    using Terms for Bus;

    /// @param proxyInitCode Init code of {CrossChainProxy}, without its arguments, as the system contract of
    /// the rollups has it whose statements will be verified.
    constructor(bytes memory proxyInitCode) CallerProxies(proxyInitCode) {
        PrecompileCheck.run();
    }

    /// @inheritdoc IProofSystem
    function dataWordBytes() external pure returns (uint256) {
        return 32;
    }

    /// @inheritdoc IProofSystem
    function verify(Statement[] calldata statements) external view {
        unchecked {
            uint256 count = statements.length;
            if (count == 0) return;
            Check memory check;
            OpenedStatement[] memory opened;
            // Lists without elements, which `new` would create one by one. Each is set before it is read.
            SetUse[] memory sets;
            assembly ("memory-safe") {
                opened := mload(0x40)
                mstore(opened, count)
                sets := add(opened, shl(5, add(count, 1)))
                mstore(sets, count)
                mstore(0x40, add(sets, shl(5, add(count, 1))))
            }
            check.sets = sets;
            // One for the generator, and two for each set.
            uint256 maxPairs = 1 + 2 * count;
            for (uint256 i = 0; i < count; i++) {
                Statement calldata stated = statements[i];
                OpenedStatement memory statement = OpenedStatement({
                    index: i,
                    set: sets[_use(check, stated.verificationKey)],
                    proof: BusProof(NOWHERE, 0, 0, 0, NOWHERE, 0, NOWHERE),
                    seed: 0,
                    bus: Bus(0, 0, 0, 0, 0, 0, 0, 0, 0),
                    products: NOWHERE
                });
                opened[i] = statement;
                _open(statement, stated);
                maxPairs += 3 * statement.proof.count;
                check.seed = Transcript.append(check.seed, statement.seed, statement.proof);
            }
            check.start(maxPairs);
            for (uint256 i = 0; i < count; i++) _addStatement(check, opened[i]);
            if (!check.hold()) revert InvalidProof();
        }
    }

    /// Draws a statement's challenges, and checks that its bus is balanced under them and that all slots in
    /// use have a code.
    function _open(OpenedStatement memory opened, Statement calldata statement) private view {
        uint256 slots = opened.set.slots;
        bytes calldata proof = statement.proof;
        if (!opened.proof.read(proof, slots)) revert ProofLength(opened.index, proof.length);
        _send(opened, statement, proof[opened.proof.size:]);
        uint256 sum = _readInputs(opened);
        if (!opened.bus.isBalanced(sum)) revert BusNotBalanced(opened.index);
    }

    /// Draws the challenges, and sends all that L1 says.
    function _send(
        OpenedStatement memory opened,
        Statement calldata statement,
        bytes calldata questions
    ) private view {
        uint256[] calldata words = statement.words;
        uint256 size = 32 * words.length;
        uint256 from;
        uint256 questionsFrom;
        assembly ("memory-safe") {
            from := words.offset
            questionsFrom := questions.offset
        }
        Place copied = Places.copyWords(from, size);
        Place asked = Places.copyBytes(questionsFrom, questions.length);
        bytes32 seed = Transcript.seedOf(
            statement.verificationKey,
            copied.hash(size),
            asked.hash(questions.length),
            opened.proof
        );
        opened.seed = seed;
        (uint256 beta, uint256 gamma) = Transcript.challengesOf(seed);
        Bus memory bus = opened.bus;
        bus.start(beta, gamma);
        bus.sendWords(copied, words.length);
        _sendActions(bus, words);
        if (!Questions.answer(bus, asked, questions.length)) revert QuestionsLength(opened.index);
    }

    /// The set of this name, read once.
    function _use(Check memory check, bytes32 name) private view returns (uint256 index) {
        unchecked {
            while (index < check.setCount && check.sets[index].name != name) index++;
            if (index != check.setCount) return index;
            check.setCount = index + 1;
            SetUse memory set = SetUse(name, NOWHERE, 0, 0, 0, 0, NOWHERE, NOWHERE);
            check.sets[index] = set;
            _read(set);
            uint256 size = set.keyCount * Equations.useBytes(set.slots);
            set.uses = Places.allocateWords(size);
            set.uses.clear(size);
        }
    }

    /// Adds the equations of a statement: of each of its proofs, and of its codes.
    function _addStatement(Check memory check, OpenedStatement memory opened) private view {
        unchecked {
            SetUse memory set = opened.set;
            for (uint256 i = 0; i < opened.proof.count; i++) {
                Place proof = opened.proof.proofAt(i);
                bool areOn =
                    Bn254.isOnCurve(proof.plus(BusProofs.A)) && Bn254.isOnTwist(proof.plus(BusProofs.B));
                areOn = areOn && Bn254.isOnCurve(proof.plus(BusProofs.C));
                if (!areOn || !Bn254.isOnCurve(proof.plus(BusProofs.D)))
                    revert ProofNotOnCurve(opened.index, i);
                uint256 key = proof.wordAt(BusProofs.KEY);
                if (key >= set.keyCount) revert UnknownKey(opened.index, i, key);
                check.addProof(set, opened.bus, proof, key);
            }
            if (opened.proof.codeCount != 0) _openCodes(check, opened);
        }
    }
}
