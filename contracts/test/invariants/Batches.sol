// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Batch, ChainId, Execution, RollupProof} from "../../interfaces/Actions.sol";
import {rollupAt, ROLLUPS} from "./GeneratedExecution.sol";

/// @title What a builder makes of executions
library Batches {
    /// A batch of executions, each rollup's visits under one proof or two.
    function batchOf(
        Execution[] memory executions,
        uint64 timestamp,
        bytes32[2] memory keys,
        bytes memory proof
    ) internal pure returns (Batch memory batch) {
        batch.timestamp = timestamp;
        batch.executions = executions;
        RollupProof[] memory proofs = new RollupProof[](2 * ROLLUPS);
        uint256 count = 0;
        for (uint256 i = 0; i < 2 * ROLLUPS; i++) {
            ChainId rollup = rollupAt(i / 2);
            uint32[] memory visits = _visitsOf(executions, rollup, i % 2);
            if (visits.length == 0) continue;
            // In the order of their first visits.
            uint256 place = count++;
            for (; place != 0 && proofs[place - 1].visits[0] > visits[0]; place--)
                proofs[place] = proofs[place - 1];
            proofs[place] = RollupProof(rollup, keys[i % 2], visits, proof);
        }
        // Cuts the array to what is used.
        assembly ("memory-safe") {
            mstore(proofs, count)
        }
        batch.proofs = proofs;
    }

    /// Every third visit of the batch goes under the second proof.
    function _visitsOf(
        Execution[] memory executions,
        ChainId rollup,
        uint256 proof
    ) private pure returns (uint32[] memory visits) {
        visits = new uint32[](128 * executions.length);
        uint256 count = 0;
        uint256 index = 0;
        for (uint256 i = 0; i < executions.length; i++) {
            for (uint256 j = 0; j < executions[i].visits.length; j++) {
                bool isOurs = executions[i].visits[j].rollup == rollup && (index % 3 == 2 ? 1 : 0) == proof;
                if (isOurs) visits[count++] = uint32(index);
                index++;
            }
        }
        assembly ("memory-safe") {
            mstore(visits, count)
        }
    }
}
