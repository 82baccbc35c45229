// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IGroth16ProofSystem} from "../interfaces/IGroth16ProofSystem.sol";

/// A point of BN254's G1, affine. (0, 0) is the point at infinity.
struct G1 {
    uint256 x;
    uint256 y;
}

/// A point of BN254's G2, affine, over F_q[u]/(u² + 1), in the order of EIP-197.
struct G2 {
    uint256 xImaginary;
    uint256 xReal;
    uint256 yImaginary;
    uint256 yReal;
}

/// @title Points of BN254
/// @notice Points are checked here before precompiles see them: a precompile that refuses a point takes all
/// gas with it and says nothing. Points are worked on where they lie in memory, since copies would cost more
/// than the arithmetic around the precompiles.
library Bn254 {
    /// The field of the coordinates.
    uint256 internal constant Q =
        21888242871839275222246405745257275088696311157297823662689037894645226208583;

    /// Bytes of one pair for the pairing precompile.
    uint256 internal constant PAIR_BYTES = 192;

    /// b' = 3 / (9 + u) of the twist y² = x³ + b'.
    uint256 private constant TWIST_REAL =
        19485874751759354771024239261021720505790618469301721065564631296452457478373;
    uint256 private constant TWIST_IMAGINARY =
        266929791119991161246907387137283842545076965332900288569378510910307636690;

    /// Coordinates in range, y² = x³ + 3. False for the point at infinity.
    function isOnCurve(G1 memory p) internal pure returns (bool) {
        if (p.x >= Q || p.y >= Q) return false;
        return mulmod(p.y, p.y, Q) == addmod(mulmod(mulmod(p.x, p.x, Q), p.x, Q), 3, Q);
    }

    /// Coordinates in range, y² = x³ + b'. False for the point at infinity. Says nothing of the subgroup,
    /// which the pairing precompile checks.
    function isOnCurve(G2 memory p) internal pure returns (bool) {
        if (p.xImaginary >= Q || p.xReal >= Q || p.yImaginary >= Q || p.yReal >= Q) return false;
        (uint256 squareReal, uint256 squareImaginary) = _multiply(
            p.xReal,
            p.xImaginary,
            p.xReal,
            p.xImaginary
        );
        (uint256 cubeReal, uint256 cubeImaginary) = _multiply(
            squareReal,
            squareImaginary,
            p.xReal,
            p.xImaginary
        );
        (uint256 leftReal, uint256 leftImaginary) = _multiply(p.yReal, p.yImaginary, p.yReal, p.yImaginary);
        return
            leftReal == addmod(cubeReal, TWIST_REAL, Q) &&
            leftImaginary == addmod(cubeImaginary, TWIST_IMAGINARY, Q);
    }

    /// The generator of G2 that EIP-197 names.
    function generator2() internal pure returns (G2 memory) {
        return
            G2({
                xImaginary: 0x198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2,
                xReal: 0x1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed,
                yImaginary: 0x090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b,
                yReal: 0x12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa
            });
    }

    /// The point whose coordinates lie at `offset`: no copy, changing one changes the other.
    function g1At(bytes memory encoded, uint256 offset) internal pure returns (G1 memory p) {
        assert(offset + 64 <= encoded.length);
        assembly ("memory-safe") {
            p := add(add(encoded, 32), offset)
        }
    }

    /// As {g1At}, in G2.
    function g2At(bytes memory encoded, uint256 offset) internal pure returns (G2 memory p) {
        assert(offset + 128 <= encoded.length);
        assembly ("memory-safe") {
            p := add(add(encoded, 32), offset)
        }
    }

    /// `p := -p`
    /// @param p On the curve or at infinity.
    function negate(G1 memory p) internal pure {
        if (p.y != 0) p.y = Q - p.y;
    }

    /// `sum := sum + p`
    function accumulate(G1 memory sum, G1 memory p) internal view {
        bool success;
        assembly ("memory-safe") {
            let input := mload(0x40)
            mcopy(input, sum, 64)
            mcopy(add(input, 64), p, 64)
            success := staticcall(gas(), 6, input, 128, sum, 64)
            success := and(success, eq(returndatasize(), 64))
        }
        if (!success) revert IGroth16ProofSystem.PrecompileFailed(6);
    }

    /// `p := scalar·p`
    function scale(G1 memory p, uint256 scalar) internal view {
        if (scalar == 1) return;
        bool success;
        assembly ("memory-safe") {
            let input := mload(0x40)
            mcopy(input, p, 64)
            mstore(add(input, 64), scalar)
            success := staticcall(gas(), 7, input, 96, p, 64)
            success := and(success, eq(returndatasize(), 64))
        }
        if (!success) revert IGroth16ProofSystem.PrecompileFailed(7);
    }

    /// Puts a pair in its place among pairs.
    function writePair(bytes memory pairs, uint256 index, G1 memory a, G2 memory b) internal pure {
        assert((index + 1) * PAIR_BYTES <= pairs.length);
        assembly ("memory-safe") {
            let place := add(add(pairs, 32), mul(index, PAIR_BYTES))
            mcopy(place, a, 64)
            mcopy(add(place, 64), b, 128)
        }
    }

    /// Leaves the first pairs alone.
    function truncate(bytes memory pairs, uint256 count) internal pure {
        assert(count * PAIR_BYTES <= pairs.length);
        assembly ("memory-safe") {
            mstore(pairs, mul(count, PAIR_BYTES))
        }
    }

    /// Whether the product of the pairings is one.
    /// @param pairs Encoded pairs, {PAIR_BYTES} each.
    function pairingIsOne(bytes memory pairs) internal view returns (bool) {
        (bool success, bytes memory answer) = address(8).staticcall(pairs);
        if (!success || answer.length != 32) revert IGroth16ProofSystem.PrecompileFailed(8);
        return abi.decode(answer, (uint256)) == 1;
    }

    /// (a + bu)(c + du) = (ac - bd) + (ad + bc)u
    function _multiply(uint256 a, uint256 b, uint256 c, uint256 d) private pure returns (uint256, uint256) {
        return (addmod(mulmod(a, c, Q), Q - mulmod(b, d, Q), Q), addmod(mulmod(a, d, Q), mulmod(b, c, Q), Q));
    }
}
