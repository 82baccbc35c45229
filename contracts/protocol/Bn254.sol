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
/// @notice Points are checked here before precompiles see them: a precompile that refuses a point takes all gas with it
/// and says nothing.
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

    /// Coordinates in range, y² = x³ + b'. False for the point at infinity. Says nothing of the subgroup, which the pairing
    /// precompile checks.
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

    /// @param p On the curve or at infinity.
    function negate(G1 memory p) internal pure returns (G1 memory) {
        return G1(p.x, p.y == 0 ? 0 : Q - p.y);
    }

    function add(G1 memory a, G1 memory b) internal view returns (G1 memory) {
        return _call(6, abi.encode(a, b));
    }

    function multiply(G1 memory a, uint256 scalar) internal view returns (G1 memory) {
        return _call(7, abi.encode(a, scalar));
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

    function _call(uint160 precompile, bytes memory input) private view returns (G1 memory) {
        (bool success, bytes memory answer) = address(precompile).staticcall(input);
        if (!success || answer.length != 64) revert IGroth16ProofSystem.PrecompileFailed(precompile);
        return abi.decode(answer, (G1));
    }
}
