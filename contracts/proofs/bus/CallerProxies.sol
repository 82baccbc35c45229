// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {SSTORE2} from "solady/src/utils/SSTORE2.sol";
import {ChainId} from "../../interfaces/Actions.sol";

/// @title Proxies on EVM rollups
/// @notice A call that comes to an EVM rollup is made by its caller's proxy there, which the rollup's system
/// contract creates with CREATE2 (docs/spec.md section 7). Its address and the hash of its code depend on
/// caller and chain alone: L1 computes both, so no proof runs its init code.
/// @dev The init code is handed to the constructor: it has to be, byte for byte, the one in the system
/// contract of genesis, and this contract may be compiled with other settings. It ends with the runtime code
/// in which immutables are zero. Where they stand there is found by creating one proxy with immutables that
/// can be recognised.
abstract contract CallerProxies {
    /// Thrown by the constructor when the code is not one of proxies.
    error UnknownProxyLayout();

    /// The proxies' manager on every EVM rollup: "Lockstep" in ASCII.
    address internal constant SYSTEM = 0x0000000000000000000000004C6f636B73746570;

    /// Immutables of the proxy that is created to be looked at.
    address private constant MARKED_ORIGINAL = address(uint160(uint256(keccak256("original"))));
    ChainId private constant MARKED_ROLLUP = ChainId.wrap(uint64(uint256(keccak256("rollup"))));

    /// 16 bits for each immutable in the runtime code, from the lowest on: which one it is (1 manager,
    /// 2 original, 3 rollup) in the upper two, its place in the others. 0 ends them.
    uint256 private immutable PLACES;
    uint256 private immutable RUNTIME_LENGTH;
    /// Where the init code is kept, as code.
    address private immutable INIT_CODE;

    /// @param init Init code of {CrossChainProxy} without its arguments, as the system contract has it.
    constructor(bytes memory init) {
        bytes memory code = _createMarked(init).code;
        uint256 places = 0;
        uint256 count = 0;
        uint256 seen = 0;
        for (uint256 at = 0; at + 32 <= code.length; at++) {
            uint256 value = _wordAt(code, at);
            uint256 which =
                value == uint160(address(this))
                    ? 1
                    : value == uint160(MARKED_ORIGINAL)
                        ? 2
                        : value == ChainId.unwrap(MARKED_ROLLUP)
                            ? 3
                            : 0;
            if (which == 0) continue;
            if (count == 16 || at >= 1 << 14) revert UnknownProxyLayout();
            places |= ((which << 14) | at) << (16 * count++);
            seen |= 1 << which;
            _setWord(code, at, 0);
        }
        // All three stand in it.
        if (seen != 14 || init.length < code.length) revert UnknownProxyLayout();
        bytes32 tail;
        assembly ("memory-safe") {
            let length := mload(code)
            tail := keccak256(sub(add(add(init, 32), mload(init)), length), length)
        }
        if (tail != keccak256(code)) revert UnknownProxyLayout();
        PLACES = places;
        RUNTIME_LENGTH = code.length;
        INIT_CODE = SSTORE2.write(init);
    }

    /// Address, and hash of the code once it is created, of the proxy of `original` on `rollup`, on any EVM
    /// rollup.
    function _callerProxy(
        address original,
        ChainId rollup
    ) internal view returns (address proxy, bytes32 codeHash) {
        bytes memory code = SSTORE2.read(INIT_CODE);
        uint256 places = PLACES;
        uint256 runtimeLength = RUNTIME_LENGTH;
        // keccak256(0xff ‖ SYSTEM ‖ salt 0 ‖ keccak256(code ‖ abi.encode(original, rollup))): the code lies
        // at the end of what is allocated, so its arguments can be written after it.
        assembly ("memory-safe") {
            let length := mload(code)
            let end := add(add(code, 32), length)
            mstore(end, original)
            mstore(add(end, 32), rollup)
            let initHash := keccak256(add(code, 32), add(length, 64))
            mstore(end, or(shl(248, 0xff), shl(88, SYSTEM)))
            mstore(add(end, 21), 0)
            mstore(add(end, 53), initHash)
            proxy := shr(96, shl(96, keccak256(end, 85)))

            let runtime := sub(end, runtimeLength)
            for {} places {
                places := shr(16, places)
            } {
                let value := SYSTEM
                switch and(shr(14, places), 3)
                case 2 {
                    value := original
                }
                case 3 {
                    value := rollup
                }
                mstore(add(runtime, and(places, 0x3fff)), value)
            }
            codeHash := keccak256(runtime, runtimeLength)
        }
    }

    /// A proxy whose immutables can be recognised.
    function _createMarked(bytes memory init) private returns (address proxy) {
        bytes memory whole = abi.encodePacked(init, abi.encode(MARKED_ORIGINAL, MARKED_ROLLUP));
        assembly ("memory-safe") {
            proxy := create(0, add(whole, 32), mload(whole))
        }
        if (proxy == address(0)) revert UnknownProxyLayout();
    }

    function _wordAt(bytes memory code, uint256 at) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := mload(add(add(code, 32), at))
        }
    }

    function _setWord(bytes memory code, uint256 at, uint256 word) private pure {
        assembly ("memory-safe") {
            mstore(add(add(code, 32), at), word)
        }
    }
}
