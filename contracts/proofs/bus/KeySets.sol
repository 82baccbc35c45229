// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {SSTORE2} from "solady/src/utils/SSTORE2.sol";
import {IBusProofSystem} from "../../interfaces/IBusProofSystem.sol";
import {Bn254, G1, G2} from "../Bn254.sol";
import {DEVELOPMENT_ALPHA, DEVELOPMENT_BETA, DEVELOPMENT_TAU} from "../DevelopmentSetup.sol";
import {isLocalChain} from "../LocalChains.sol";

/// @title Sets of verification keys
/// @notice All keys of a statement's proofs are of one registered set. With a foreign key a foreign circuit
/// could put anything on the bus. A set has one α and one β, so that what is paired with them can be added
/// up; and one τ, under which the codes of its statements are committed to.
abstract contract KeySets is IBusProofSystem {
    /// Where α, β, τ and the number of slots lie in an encoded set; keys follow.
    uint256 internal constant ALPHA = 0;
    uint256 internal constant BETA = 64;
    uint256 internal constant TAU = 192;
    uint256 internal constant SLOTS = 320;
    uint256 internal constant HEADER_BYTES = 352;

    /// Where δ, η and IC_0, IC_1, … lie in a key.
    uint256 internal constant DELTA = 0;
    uint256 internal constant ETA = 128;
    uint256 internal constant IC = 256;

    /// IC_0, and one more each for the sum, β and γ; the products' are more.
    uint256 private constant IC_POINTS = 4;
    uint256 private constant MAX_SLOTS = 64;
    /// Of a code object, less the byte that SSTORE2 puts in front.
    uint256 private constant MAX_BYTES = 24_575;

    /// `keccak256` of the generator of G2.
    bytes32 private immutable GENERATOR = keccak256(abi.encode(Bn254.generator2()));

    struct StoredSet {
        address pointer;
        bool isDevelopment;
    }

    mapping(bytes32 set => StoredSet) private _sets;

    /// @inheritdoc IBusProofSystem
    function registerKeySet(bytes calldata keySet) external returns (bytes32 set) {
        if (keySet.length <= HEADER_BYTES || keySet.length > MAX_BYTES) revert KeySetLength(keySet.length);
        uint256 slots = uint256(bytes32(keySet[SLOTS:HEADER_BYTES]));
        if (slots > MAX_SLOTS) revert TooManySlots(slots);
        uint256 stride = _keyBytes(slots);
        uint256 count = (keySet.length - HEADER_BYTES) / stride;
        if (keySet.length != HEADER_BYTES + count * stride || count == 0) revert KeySetLength(keySet.length);
        set = keccak256(keySet);
        if (isRegistered(set)) return set;
        // Each of these points gives the rest away.
        bool isDevelopment =
            keccak256(keySet[ALPHA:BETA]) == DEVELOPMENT_ALPHA ||
                keccak256(keySet[BETA:TAU]) == DEVELOPMENT_BETA ||
                keccak256(keySet[TAU:SLOTS]) == DEVELOPMENT_TAU;
        if (isDevelopment && !isLocalChain()) revert DevelopmentKeySet(block.chainid);
        _checkPoints(keySet, count, stride);
        _checkSecrets(keySet, count, stride);
        address pointer = SSTORE2.write(keySet);
        _sets[set] = StoredSet(pointer, isDevelopment);
        emit KeySetRegistered(set, pointer, count, isDevelopment);
    }

    /// @inheritdoc IBusProofSystem
    function isRegistered(bytes32 set) public view returns (bool) {
        return _sets[set].pointer != address(0);
    }

    /// @inheritdoc IBusProofSystem
    function isDevelopmentKeySet(bytes32 set) external view returns (bool) {
        return _sets[set].isDevelopment;
    }

    /// A set in memory.
    function _read(bytes32 set) internal view returns (bytes memory) {
        address pointer = _sets[set].pointer;
        if (pointer == address(0)) revert UnknownKeySet(set);
        return SSTORE2.read(pointer);
    }

    function _slotsOf(bytes memory keySet) internal pure returns (uint256 slots) {
        assembly ("memory-safe") {
            slots := mload(add(add(keySet, 32), SLOTS))
        }
    }

    /// Name of the set's powers of tau.
    function _tauOf(bytes memory keySet) internal pure returns (bytes32 tau) {
        assembly ("memory-safe") {
            tau := keccak256(add(add(keySet, 32), TAU), sub(SLOTS, TAU))
        }
    }

    /// Bytes of a key.
    function _keyBytes(uint256 slots) internal pure returns (uint256) {
        return IC + 64 * (IC_POINTS + slots);
    }

    /// All points are on their curve, none at infinity, and those of G2 in the subgroup of prime order.
    function _checkPoints(bytes memory keySet, uint256 count, uint256 stride) private view {
        if (!Bn254.isOnCurve(Bn254.g1At(keySet, ALPHA))) revert PointNotOnCurve(ALPHA);
        // Paired with the point at infinity all give 1, but only points of the subgroup are accepted at all.
        bytes memory pairs = new bytes((2 + 2 * count) * Bn254.PAIR_BYTES);
        _checkG2(keySet, BETA, pairs, 0);
        _checkG2(keySet, TAU, pairs, 1);
        for (uint256 key = 0; key < count; key++) {
            uint256 start = HEADER_BYTES + key * stride;
            _checkG2(keySet, start + DELTA, pairs, 2 + 2 * key);
            _checkG2(keySet, start + ETA, pairs, 3 + 2 * key);
            for (uint256 offset = start + IC; offset < start + stride; offset += 64)
                if (!Bn254.isOnCurve(Bn254.g1At(keySet, offset))) revert PointNotOnCurve(offset);
        }
        Bn254.pairingIsOne(pairs);
    }

    function _checkG2(bytes memory keySet, uint256 offset, bytes memory pairs, uint256 index) private pure {
        G1 memory infinity;
        G2 memory point = Bn254.g2At(keySet, offset);
        if (!Bn254.isOnCurve(point)) revert PointNotOnCurve(offset);
        Bn254.writePair(pairs, index, infinity, point);
    }

    /// No two of all δ and η are one, and none is the generator.
    function _checkSecrets(bytes calldata keySet, uint256 count, uint256 stride) private view {
        bytes32[] memory seen = new bytes32[](2 * count);
        for (uint256 i = 0; i < 2 * count; i++) {
            uint256 offset = HEADER_BYTES + (i / 2) * stride + (i % 2 == 0 ? DELTA : ETA);
            bytes32 point = keccak256(keySet[offset:offset + 128]);
            if (point == GENERATOR) revert SecretNotOwn(offset);
            for (uint256 j = 0; j < i; j++) if (seen[j] == point) revert SecretNotOwn(offset);
            seen[i] = point;
        }
    }
}
