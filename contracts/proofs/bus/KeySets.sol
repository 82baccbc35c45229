// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {SSTORE2} from "solady/src/utils/SSTORE2.sol";
import {IBusProofSystem} from "../../interfaces/IBusProofSystem.sol";
import {Bn254} from "../Bn254.sol";
import {DEVELOPMENT_ALPHA, DEVELOPMENT_BETA, DEVELOPMENT_TAU} from "../DevelopmentSetup.sol";
import {isLocalChain} from "../LocalChains.sol";
import {Place, Places} from "../Place.sol";
import {SetUse} from "./Equations.sol";
import {KeyLayout} from "./KeyLayout.sol";

/// @title Sets of verification keys
/// @notice All keys of a statement's proofs are of one registered set. With a foreign key a foreign circuit
/// could put anything on the bus. A set has one α and one β, so that what is paired with them can be added
/// up; and one τ, under which the codes of its statements are committed to.
abstract contract KeySets is IBusProofSystem {
    uint256 private constant MAX_SLOTS = 64;
    /// Of a code object, less the byte that SSTORE2 puts in front.
    uint256 private constant MAX_BYTES = 24_575;

    /// `keccak256` of the generator of G2.
    bytes32 private immutable GENERATOR;

    mapping(bytes32 set => bool) private _isDevelopment;

    constructor() {
        Place generator = Places.allocateWords(Bn254.G2_BYTES);
        Bn254.writeGenerator2(generator);
        GENERATOR = generator.hash(Bn254.G2_BYTES);
    }

    /// @inheritdoc IBusProofSystem
    function registerKeySet(bytes calldata keySet) external returns (bytes32 set) {
        uint256 header = KeyLayout.HEADER_BYTES;
        if (keySet.length <= header || keySet.length > MAX_BYTES) revert KeySetLength(keySet.length);
        uint256 slots = uint256(bytes32(keySet[KeyLayout.SLOTS:header]));
        if (slots > MAX_SLOTS) revert TooManySlots(slots);
        uint256 stride = KeyLayout.keyBytes(slots);
        uint256 count = (keySet.length - header) / stride;
        if (keySet.length != header + count * stride || count == 0) revert KeySetLength(keySet.length);
        set = keccak256(keySet);
        if (isRegistered(set)) return set;
        // Each of these points gives the rest away.
        bool isDevelopment =
            keccak256(keySet[KeyLayout.ALPHA:KeyLayout.BETA]) == DEVELOPMENT_ALPHA ||
                keccak256(keySet[KeyLayout.BETA:KeyLayout.TAU]) == DEVELOPMENT_BETA ||
                keccak256(keySet[KeyLayout.TAU:KeyLayout.SLOTS]) == DEVELOPMENT_TAU;
        if (isDevelopment && !isLocalChain()) revert DevelopmentKeySet(block.chainid);
        _checkPoints(keySet, count, stride);
        _checkSecrets(keySet, count, stride);
        address pointer = SSTORE2.writeDeterministic(keySet, _saltOf(set));
        _isDevelopment[set] = isDevelopment;
        emit KeySetRegistered(set, pointer, count, isDevelopment);
    }

    /// @inheritdoc IBusProofSystem
    function isRegistered(bytes32 set) public view returns (bool) {
        return _pointerOf(set).code.length != 0;
    }

    /// @inheritdoc IBusProofSystem
    function isDevelopmentKeySet(bytes32 set) external view returns (bool) {
        return _isDevelopment[set];
    }

    /// Reads the set of this name.
    function _read(SetUse memory use) internal view {
        unchecked {
            bytes32 set = use.name;
            address pointer = _pointerOf(set);
            uint256 size = pointer.code.length;
            if (size == 0) revert UnknownKeySet(set);
            // SSTORE2 puts a byte in front.
            Place keys = Places.allocate(size);
            assembly ("memory-safe") {
                extcodecopy(pointer, keys, 1, sub(size, 1))
            }
            uint256 slots = keys.wordAt(KeyLayout.SLOTS);
            use.keys = keys;
            use.slots = slots;
            use.keyCount = (size - 1 - KeyLayout.HEADER_BYTES) / KeyLayout.keyBytes(slots);
            use.tau = keys.plus(KeyLayout.TAU).hash(Bn254.G2_BYTES);
        }
    }

    /// Where a set is kept, as code. The address follows from the name alone, which saves looking it up in
    /// storage; only this contract can put code there, and it does so once the set is checked.
    function _pointerOf(bytes32 set) private view returns (address) {
        return SSTORE2.predictDeterministicAddress(_saltOf(set));
    }

    /// A hash of 32 bytes. Other things that are kept so have salts that are hashes of 64 ({CodeRegistry}):
    /// so none of them passes for a set.
    function _saltOf(bytes32 set) private pure returns (bytes32 salt) {
        assembly ("memory-safe") {
            mstore(0x00, set)
            salt := keccak256(0x00, 0x20)
        }
    }

    /// All points are on their curve, none at infinity, and those of G2 in the subgroup of prime order.
    function _checkPoints(bytes memory keySet, uint256 count, uint256 stride) private view {
        Place keys = Places.inBytes(keySet, 0);
        if (!Bn254.isOnCurve(keys.plus(KeyLayout.ALPHA))) revert PointNotOnCurve(KeyLayout.ALPHA);
        // Paired with the point at infinity all give 1, but only points of the subgroup are accepted at all.
        Place pairs = Places.allocateWords((2 + 2 * count) * Bn254.PAIR_BYTES);
        _checkG2(keys, KeyLayout.BETA, pairs, 0);
        _checkG2(keys, KeyLayout.TAU, pairs, 1);
        for (uint256 key = 0; key < count; key++) {
            uint256 start = KeyLayout.HEADER_BYTES + key * stride;
            _checkG2(keys, start + KeyLayout.DELTA, pairs, 2 + 2 * key);
            _checkG2(keys, start + KeyLayout.ETA, pairs, 3 + 2 * key);
            for (uint256 offset = start + KeyLayout.IC; offset < start + stride; offset += 64)
                if (!Bn254.isOnCurve(keys.plus(offset))) revert PointNotOnCurve(offset);
        }
        Bn254.pairingIsOne(pairs, 2 + 2 * count);
    }

    function _checkG2(Place keys, uint256 offset, Place pairs, uint256 index) private pure {
        Place point = keys.plus(offset);
        if (!Bn254.isOnTwist(point)) revert PointNotOnCurve(offset);
        Place pair = pairs.plus(index * Bn254.PAIR_BYTES);
        pair.clear(Bn254.G1_BYTES);
        pair.plus(Bn254.G1_BYTES).set(point, Bn254.G2_BYTES);
    }

    /// No two of all δ and η are one, and none is the generator.
    function _checkSecrets(bytes calldata keySet, uint256 count, uint256 stride) private view {
        bytes32[] memory seen = new bytes32[](2 * count);
        for (uint256 i = 0; i < 2 * count; i++) {
            uint256 secret = i % 2 == 0 ? KeyLayout.DELTA : KeyLayout.ETA;
            uint256 offset = KeyLayout.HEADER_BYTES + (i / 2) * stride + secret;
            bytes32 point = keccak256(keySet[offset:offset + Bn254.G2_BYTES]);
            if (point == GENERATOR) revert SecretNotOwn(offset);
            for (uint256 j = 0; j < i; j++) if (seen[j] == point) revert SecretNotOwn(offset);
            seen[i] = point;
        }
    }
}
