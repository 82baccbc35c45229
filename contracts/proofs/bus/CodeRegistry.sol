// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {SSTORE2} from "solady/src/utils/SSTORE2.sol";
import {FIELD_MODULUS} from "../../interfaces/Actions.sol";
import {IBusProofSystem} from "../../interfaces/IBusProofSystem.sol";
import {Bn254} from "../Bn254.sol";
import {Place, Places} from "../Place.sol";
import {CodeRows} from "./CodeRows.sol";

/// @title Codes, each committed to once
/// @notice `C_T` commits to `Z_T(X) = Π (X − row)` (KZG over the powers of tau of the keys). The contract
/// decodes the code itself and compares at a point that depends on the code and the commitment, where any
/// other polynomial has another value but for a chance of (rows) / p. So a registration is right or refused,
/// no matter which account makes it.
abstract contract CodeRegistry is IBusProofSystem {
    uint256 private constant MAX_CODE_BYTES = 24_576;

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
        Place c = _pointOf(commitment);
        Place w = _pointOf(opening);
        if (!Bn254.isOnCurve(c) || !Bn254.isOnCurve(w)) revert OpeningNotOnCurve();
        uint256 from;
        assembly ("memory-safe") {
            from := tau
        }
        Place powerOfTau = Places.copyWords(from, Bn254.G2_BYTES);
        if (!Bn254.isOnTwist(powerOfTau)) revert OpeningNotOnCurve();
        uint256 at = uint256(keccak256(abi.encode(codeHash, commitment))) % FIELD_MODULUS;
        if (!_isOpening(c, at, CodeRows.product(code, at), w, powerOfTau)) revert WrongCommitment();
        SSTORE2.writeDeterministic(abi.encode(commitment), _codeSaltOf(powers, codeHash));
        emit CodeRegistered(powers, codeHash);
    }

    /// @inheritdoc IBusProofSystem
    function isCodeRegistered(bytes32 tau, bytes32 codeHash) public view returns (bool) {
        return _codePointerOf(tau, codeHash).code.length != 0;
    }

    /// Writes the commitment of a code. @return isKnown Whether it is registered.
    function _readCommitment(
        bytes32 tau,
        bytes32 codeHash,
        Place place
    ) internal view returns (bool isKnown) {
        address pointer = _codePointerOf(tau, codeHash);
        // SSTORE2 puts a byte in front.
        assembly ("memory-safe") {
            extcodecopy(pointer, place, 1, 64)
        }
        // Zeros where there is no code, and no such point is on the curve.
        return place.wordAt(32) != 0;
    }

    /// Where a commitment is kept, as code: one cold account instead of two cold words of storage. Its
    /// address follows from the names alone; only this contract can put code there, and it does so once the
    /// commitment is checked.
    function _codePointerOf(bytes32 tau, bytes32 codeHash) private view returns (address) {
        return SSTORE2.predictDeterministicAddress(_codeSaltOf(tau, codeHash));
    }

    /// A hash of 64 bytes: see {KeySets}.
    function _codeSaltOf(bytes32 tau, bytes32 codeHash) private pure returns (bytes32 salt) {
        assembly ("memory-safe") {
            mstore(0x00, tau)
            mstore(0x20, codeHash)
            salt := keccak256(0x00, 0x40)
        }
    }

    /// Whether the polynomial behind `c` has this value at this place: e(c − value·G + at·w, G) = e(w, τ).
    function _isOpening(Place c, uint256 at, uint256 value, Place w, Place tau) private view returns (bool) {
        Place generator = Places.allocateWords(Bn254.G1_BYTES);
        generator.setWord(0, 1);
        generator.setWord(32, 2);
        Place sum = Places.allocateWords(Bn254.SUM_BYTES);
        sum.set(c, Bn254.G1_BYTES);
        Bn254.addScaled(sum, generator, FIELD_MODULUS - value);
        Bn254.addScaled(sum, w, at);
        Bn254.negate(w);
        Place pairs = Places.allocateWords(2 * Bn254.PAIR_BYTES);
        pairs.set(sum, Bn254.G1_BYTES);
        Bn254.writeGenerator2(pairs.plus(Bn254.G1_BYTES));
        Place second = pairs.plus(Bn254.PAIR_BYTES);
        second.set(w, Bn254.G1_BYTES);
        second.plus(Bn254.G1_BYTES).set(tau, Bn254.G2_BYTES);
        return Bn254.pairingIsOne(pairs, 2);
    }

    /// A copy in memory.
    function _pointOf(uint256[2] calldata point) private pure returns (Place place) {
        uint256 from;
        assembly ("memory-safe") {
            from := point
        }
        return Places.copyWords(from, Bn254.G1_BYTES);
    }
}
