// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FIELD_MODULUS} from "../../interfaces/Actions.sol";
import {IBusProofSystem} from "../../interfaces/IBusProofSystem.sol";
import {Bn254, G1, G2} from "../Bn254.sol";
import {CodeRows} from "./CodeRows.sol";

/// @title Codes, each committed to once
/// @notice `C_T` commits to `Z_T(X) = Π (X − row)` (KZG over the powers of tau of the keys). The contract
/// decodes the code itself and compares at a point that depends on the code and the commitment, where any
/// other polynomial has another value but for a chance of (rows) / p. So a registration is right or refused,
/// no matter which account makes it.
abstract contract CodeRegistry is IBusProofSystem {
    uint256 private constant MAX_CODE_BYTES = 24_576;

    mapping(bytes32 tau => mapping(bytes32 codeHash => G1 commitment)) private _codes;

    /// @inheritdoc IBusProofSystem
    function registerCode(
        uint256[4] calldata tau,
        bytes calldata code,
        uint256[2] calldata commitment,
        uint256[2] calldata opening
    ) external returns (bytes32 codeHash) {
        // EIP-170 and EIP-3541; 0xEF also begins delegations (EIP-7702), which are no code that is executed.
        if (code.length > MAX_CODE_BYTES || (code.length > 0 && code[0] == 0xef)) revert NotCode();
        codeHash = keccak256(code);
        bytes32 powers = keccak256(abi.encode(tau));
        if (isCodeRegistered(powers, codeHash)) return codeHash;
        G1 memory c = G1(commitment[0], commitment[1]);
        G1 memory w = G1(opening[0], opening[1]);
        if (!Bn254.isOnCurve(c) || !Bn254.isOnCurve(w)) revert OpeningNotOnCurve();
        G2 memory powerOfTau = G2(tau[0], tau[1], tau[2], tau[3]);
        if (!Bn254.isOnCurve(powerOfTau)) revert OpeningNotOnCurve();
        uint256 at = uint256(keccak256(abi.encode(codeHash, commitment))) % FIELD_MODULUS;
        if (!_isOpening(c, at, CodeRows.product(code, at), w, powerOfTau)) revert WrongCommitment();
        _codes[powers][codeHash] = G1(commitment[0], commitment[1]);
        emit CodeRegistered(powers, codeHash);
    }

    /// @inheritdoc IBusProofSystem
    function isCodeRegistered(bytes32 tau, bytes32 codeHash) public view returns (bool) {
        return _codes[tau][codeHash].y != 0;
    }

    /// The commitment of a code; (0, 0) if it is not registered.
    function _commitmentOf(bytes32 tau, bytes32 codeHash) internal view returns (G1 memory) {
        return _codes[tau][codeHash];
    }

    /// Whether the polynomial behind `c` has this value at this place: e(c − value·G + at·w, G) = e(w, τ).
    function _isOpening(
        G1 memory c,
        uint256 at,
        uint256 value,
        G1 memory w,
        G2 memory tau
    ) private view returns (bool) {
        G1 memory sum = G1(1, 2);
        Bn254.scale(sum, value);
        Bn254.negate(sum);
        Bn254.accumulate(sum, c);
        G1 memory scaled = G1(w.x, w.y);
        Bn254.scale(scaled, at);
        Bn254.accumulate(sum, scaled);
        Bn254.negate(w);
        bytes memory pairs = new bytes(2 * Bn254.PAIR_BYTES);
        Bn254.writePair(pairs, 0, sum, Bn254.generator2());
        Bn254.writePair(pairs, 1, w, tau);
        return Bn254.pairingIsOne(pairs);
    }
}
