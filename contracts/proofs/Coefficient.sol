// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// The coefficient of the equation with this index, where several are added up: odd, so not zero, and less
/// than 2^128. The first is 1, which loses nothing: only their ratios matter.
/// @param seed Depends on all that the equations are about.
function coefficientOf(bytes32 seed, uint256 index) pure returns (uint256 coefficient) {
    if (index == 0) return 1;
    // In the scratch space, which is free between statements of Solidity.
    assembly ("memory-safe") {
        mstore(0x00, seed)
        mstore(0x20, index)
        coefficient := or(and(keccak256(0x00, 0x40), 0xffffffffffffffffffffffffffffffff), 1)
    }
}
