// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IGroth16ProofSystem} from "../interfaces/IGroth16ProofSystem.sol";
import {Place, Places} from "./Place.sol";

/// A point of BN254's G1, affine. (0, 0) is the point at infinity.
struct G1 {
    uint256 x;
    uint256 y;
}

/// @title Points of BN254
/// @notice Points are checked here before precompiles see them: a precompile that refuses a point takes all
/// gas with it and says nothing. A point is known by its place in memory: of G1 its affine coordinates x and
/// y, (0, 0) at infinity; of G2 x and y over F_q[u]/(u² + 1), each with the imaginary part first (EIP-197).
library Bn254 {
    /// The field of the coordinates.
    uint256 internal constant Q =
        21888242871839275222246405745257275088696311157297823662689037894645226208583;

    /// Bytes of points, and of one pair for the pairing precompile.
    uint256 internal constant G1_BYTES = 64;
    uint256 internal constant G2_BYTES = 128;
    uint256 internal constant PAIR_BYTES = 192;
    /// Of a sum that points are added to: the sum, then room for a point and a scalar, so that all of it lies
    /// as the precompiles take it.
    uint256 internal constant SUM_BYTES = 160;

    /// Three times the generator (1, 2).
    uint256 private constant TRIPLE_X =
        3353031288059533942658390886683067124040920775575537747144343083137631628272;
    uint256 private constant TRIPLE_Y =
        19321533766552368860946552437480515441416830039777911637913418824951667761761;

    /// b' = 3 / (9 + u) of the twist y² = x³ + b'.
    uint256 private constant TWIST_REAL =
        19485874751759354771024239261021720505790618469301721065564631296452457478373;
    uint256 private constant TWIST_IMAGINARY =
        266929791119991161246907387137283842545076965332900288569378510910307636690;

    /// Of a point of G1: coordinates in range, y² = x³ + 3. False for the point at infinity.
    function isOnCurve(Place p) internal pure returns (bool isOn) {
        assembly ("memory-safe") {
            let q := Q
            let x := mload(p)
            let y := mload(add(p, 32))
            isOn := eq(mulmod(y, y, q), addmod(mulmod(mulmod(x, x, q), x, q), 3, q))
            isOn := and(isOn, and(lt(x, q), lt(y, q)))
        }
    }

    /// Of a point of G2: coordinates in range, y² = x³ + b'. False for the point at infinity. Says nothing of
    /// the subgroup, which the pairing precompile checks.
    function isOnTwist(Place p) internal pure returns (bool isOn) {
        // Sums of two coordinates are below 2q < 2^256. With a coordinate out of range they are anything, and
        // the point is refused for that.
        assembly ("memory-safe") {
            let q := Q
            let x1 := mload(p)
            let x0 := mload(add(p, 32))
            let y1 := mload(add(p, 64))
            let y0 := mload(add(p, 96))
            isOn := and(and(lt(x1, q), lt(x0, q)), and(lt(y1, q), lt(y0, q)))
            // (a + bu)² = (a + b)(a − b) + 2ab·u
            let s0 := mulmod(add(x0, x1), sub(add(x0, q), x1), q)
            let s1 := mulmod(add(x0, x0), x1, q)
            let cube := addmod(mulmod(s0, x0, q), sub(q, mulmod(s1, x1, q)), q)
            let square := mulmod(add(y0, y1), sub(add(y0, q), y1), q)
            isOn := and(isOn, eq(square, addmod(cube, TWIST_REAL, q)))
            cube := addmod(mulmod(s0, x1, q), mulmod(s1, x0, q), q)
            square := mulmod(add(y0, y0), y1, q)
            isOn := and(isOn, eq(square, addmod(cube, TWIST_IMAGINARY, q)))
        }
    }

    /// Writes the generator of G2 that EIP-197 names.
    function writeGenerator2(Place p) internal pure {
        p.setWord(0, 0x198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2);
        p.setWord(32, 0x1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed);
        p.setWord(64, 0x090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b);
        p.setWord(96, 0x12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa);
    }

    /// `p := -p`
    /// @param p Of G1, on the curve or at infinity.
    function negate(Place p) internal pure {
        assembly ("memory-safe") {
            let y := mload(add(p, 32))
            mstore(add(p, 32), mul(sub(Q, y), iszero(iszero(y))))
        }
    }

    /// `p := scalar·p`
    function scale(Place p, uint256 scalar) internal view {
        if (scalar == 1) return;
        bool success;
        assembly ("memory-safe") {
            let input := mload(0x40)
            mcopy(input, p, 64)
            mstore(add(input, 64), scalar)
            success := staticcall(gas(), 7, input, 96, p, 64)
        }
        if (!success) revert IGroth16ProofSystem.PrecompileFailed(7);
    }

    /// `sum := sum + scalar·p`
    /// @param sum {SUM_BYTES}.
    function addScaled(Place sum, Place p, uint256 scalar) internal view {
        bool success;
        assembly ("memory-safe") {
            // Behind the sum: the point and the scalar, and then the product in the point's place.
            let product := add(sum, 64)
            mcopy(product, p, 64)
            success := 1
            if sub(scalar, 1) {
                mstore(add(sum, 128), scalar)
                success := staticcall(gas(), 7, product, 96, product, 64)
            }
            success := and(staticcall(gas(), 6, sum, 128, sum, 64), success)
        }
        // Either of the two.
        if (!success) revert IGroth16ProofSystem.PrecompileFailed(7);
    }

    /// Reverts unless the precompiles that add and multiply are there. A call to one that is not succeeds,
    /// and leaves a point as it was: {scale} and {addScaled} do not look for that each time.
    function requireArithmetic() internal view {
        Place generator = Places.allocateWords(G1_BYTES);
        generator.setWord(0, 1);
        generator.setWord(32, 2);
        Place sum = Places.allocateWords(SUM_BYTES);
        sum.set(generator, G1_BYTES);
        addScaled(sum, generator, 2);
        bool isTriple = sum.wordAt(0) == TRIPLE_X && sum.wordAt(32) == TRIPLE_Y;
        if (!isTriple) revert IGroth16ProofSystem.PrecompileFailed(7);
    }

    /// Whether the product of the pairings is one.
    /// @param pairs {PAIR_BYTES} each.
    function pairingIsOne(Place pairs, uint256 count) internal view returns (bool isOne) {
        bool success;
        assembly ("memory-safe") {
            success := staticcall(gas(), 8, pairs, mul(count, PAIR_BYTES), 0x00, 0x20)
            success := and(success, eq(returndatasize(), 32))
            isOne := eq(mload(0x00), 1)
        }
        if (!success) revert IGroth16ProofSystem.PrecompileFailed(8);
    }
}
