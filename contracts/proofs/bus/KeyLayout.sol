// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title Where things lie in an encoded set of keys
library KeyLayout {
    /// α, β, τ and the number of slots; keys follow. α and β are a pair as the precompile takes it.
    uint256 internal constant ALPHA = 0;
    uint256 internal constant BETA = 64;
    uint256 internal constant TAU = 192;
    uint256 internal constant SLOTS = 320;
    uint256 internal constant HEADER_BYTES = 352;

    /// δ, η and IC_0, IC_1, … in a key.
    uint256 internal constant DELTA = 0;
    uint256 internal constant ETA = 128;
    uint256 internal constant IC = 256;

    /// IC_0, and one more each for the sum, β and γ; the products' are more.
    uint256 internal constant IC_POINTS = 4;

    /// Bytes of a key.
    function keyBytes(uint256 slots) internal pure returns (uint256) {
        unchecked {
            return IC + 64 * (IC_POINTS + slots);
        }
    }
}
