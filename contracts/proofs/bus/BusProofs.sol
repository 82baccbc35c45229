// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title The bytes of a statement's proofs
/// @notice Layout: {IBusProofSystem}. The caller has checked that the length is right.
library BusProofs {
    uint256 internal constant BYTES = 384;
    /// Where A, B, C, D and the sum lie in a proof, behind the key's number.
    uint256 internal constant A = 32;
    uint256 internal constant B = 96;
    uint256 internal constant C = 224;
    uint256 internal constant D = 288;
    uint256 internal constant SUM = 352;

    function count(bytes calldata proofs) internal pure returns (uint256) {
        return proofs.length / BYTES;
    }

    function at(bytes calldata proofs, uint256 index) internal pure returns (bytes calldata) {
        return proofs[index * BYTES:(index + 1) * BYTES];
    }

    function keyOf(bytes calldata proof) internal pure returns (uint256) {
        return uint256(bytes32(proof));
    }

    function keyBytes(bytes calldata proof) internal pure returns (bytes32) {
        return bytes32(proof);
    }

    function commitmentBytes(bytes calldata proof) internal pure returns (bytes calldata) {
        return proof[D:SUM];
    }

    function sumOf(bytes calldata proof) internal pure returns (uint256) {
        return uint256(bytes32(proof[SUM:]));
    }
}
