// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IProofSystem, Statement} from "../../interfaces/IProofSystem.sol";
import {ChainId, StateRoot} from "../../interfaces/Actions.sol";
import {vm} from "./IVm.sol";

/// @title FOR TESTS ONLY: a proof system that records what it has accepted
/// @notice Reads statements as docs/spec.md section 2 lays them out, and records for each root which visit
/// led to it. It does so although it is called statically, and forgets it if the batch is undone.
contract RecordingProofSystem is IProofSystem {
    /// How a rollup came to a root.
    /// @param blockNumber Of the latest statement that says so.
    struct Transition {
        bytes32 rootBefore;
        uint256 blockNumber;
    }

    /// Thrown when a proof is not {PROOF}.
    error NotProven();
    /// Thrown when words are no statement of this L1.
    error NotAStatement();

    /// What passes for a proof.
    bytes32 public constant PROOF = keccak256("proven");

    uint256 private constant HEADER_WORDS = 7;

    /// The first variable: its slot is 0, that of a transition's word is found from it.
    mapping(bytes32 key => Transition) private _transitions;

    /// @inheritdoc IProofSystem
    function dataWordBytes() external pure returns (uint256) {
        return 31;
    }

    /// @inheritdoc IProofSystem
    function verify(Statement[] calldata statements) external view {
        for (uint256 i = 0; i < statements.length; i++) {
            if (keccak256(statements[i].proof) != keccak256(abi.encode(PROOF))) revert NotProven();
            _read(statements[i].words);
        }
    }

    /// Which visit led to a root; zeros if none did.
    function transitionTo(ChainId rollup, StateRoot root) external view returns (Transition memory) {
        return _transitions[_keyOf(ChainId.unwrap(rollup), StateRoot.unwrap(root))];
    }

    function _read(uint256[] calldata words) private view {
        if (words[1] != block.chainid || words[2] != uint160(msg.sender)) revert NotAStatement();
        uint256 at = HEADER_WORDS;
        for (uint256 visits = words[6]; visits > 0; visits--) {
            if (words[at] != words[at + 1]) _record(words[3], bytes32(words[at]), bytes32(words[at + 1]));
            uint256 actions = words[at + 2];
            at += 3;
            for (; actions > 0; actions--) at += 4 + (uint32(words[at] >> 160) + 30) / 31;
        }
        if (at != words.length) revert NotAStatement();
    }

    function _record(uint256 rollup, bytes32 rootBefore, bytes32 rootAfter) private view {
        uint256 slot = uint256(keccak256(abi.encode(_keyOf(uint64(rollup), rootAfter), 0)));
        vm.store(address(this), bytes32(slot), rootBefore);
        vm.store(address(this), bytes32(slot + 1), bytes32(block.number));
    }

    function _keyOf(uint64 rollup, bytes32 root) private pure returns (bytes32) {
        return keccak256(abi.encode(rollup, root));
    }
}
