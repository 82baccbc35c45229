// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// The coefficient of the equation with this index, where several are added up: odd, so not zero, and less
/// than 2^128. The first is 1, which loses nothing: only their ratios matter.
/// @param seed Depends on all that the equations are about.
function coefficientOf(bytes32 seed, uint256 index) pure returns (uint256) {
    return index == 0 ? 1 : uint128(uint256(keccak256(abi.encode(seed, index)))) | 1;
}
