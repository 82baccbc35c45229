// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IBusProofSystem} from "../../interfaces/IBusProofSystem.sol";

/// @title Whether L1 has its precompiles
/// @notice A call to a precompile that is not there succeeds, with empty output. So an answer of each is
/// compared with the known one, once.
library PrecompileCheck {
    bytes32 private constant WORD = hex"5fe7f977e71dba2ea1a68e21057beebb9be2ac30c6410aa38d4f3fbe41dcffd2";
    bytes private constant GENERATOR_2 =
        hex"198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2"
        hex"1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed"
        hex"090689d0585ff075ec9e99ad690c3395bc4b313370b38ef355acdadcd122975b"
        hex"12c85ea5db8c6deb4aab71808dcb408fe3d1e7690c43d37b4ce6cc0166fa7daa";
    uint256 private constant MINUS_TWO =
        21888242871839275222246405745257275088696311157297823662689037894645226208581;

    /// @notice Reverts with `PrecompileMissing` if any is not what it should be.
    function run() internal view {
        _expect(
            0x01,
            abi.encode(
                WORD,
                uint256(28),
                bytes32(hex"04ce4ac0c82c1530e08a2c70c40cac74957d4669ff735b476c705f6e7512440e"),
                bytes32(hex"6fab37558521ab63373c43dd2ab980b4b0df723e9937489c862893237e9afa00")
            ),
            abi.encode(0x2D00a0B9e25235aCb6187fE54FA0Fea812C77231)
        );
        // 3^2 mod 5
        _expect(0x05, abi.encodePacked(uint256(1), uint256(1), uint256(1), hex"030205"), hex"04");
        _checkCurve();
        _checkHashes();
    }

    /// BN254 and P-256.
    function _checkCurve() private view {
        bytes memory doubled =
            hex"030644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd3"
            hex"15ed738c0e0a7c92e7845f96b2ae9c0a68a6a449e3538fc7ff3ebf7a5a18a2c4";
        _expect(0x06, abi.encode(1, 2, 1, 2), doubled);
        _expect(0x07, abi.encode(1, 2, 2), doubled);
        _expect(
            0x08,
            abi.encodePacked(uint256(1), uint256(2), GENERATOR_2, uint256(1), MINUS_TWO, GENERATOR_2),
            abi.encode(1)
        );
        _expect(
            0x100,
            abi.encode(
                WORD,
                bytes32(hex"12f88e01fdb33a28da12480abdfbc7c6493dc6155e3c0e2da03927d47867b0fc"),
                bytes32(hex"2066aad73d39afc0cc8f7700f5f218e67b895476fc1b95ab895f171bdb247507"),
                bytes32(hex"6bbdb59730afd1940c869e05d819446db2fd34aa490c54e4664a5d9db2c5d620"),
                bytes32(hex"80dde294ada222a01e5f5847c472efc5c8c0c8c447d589e32f308ccb8e1f744f")
            ),
            abi.encode(1)
        );
    }

    function _checkHashes() private view {
        _expect(0x02, hex"01", hex"4bf5122f344554c53bde2ebb8cd2b7e3d1600ad631c385a5d7cce23c7785459a");
        _expect(0x03, hex"01", hex"000000000000000000000000f291ba5015df348c80853fa5bb0f7946f5c9e1b3");
        _expect(0x04, hex"01", hex"01");
        _expect(
            0x09,
            abi.encodePacked(
                uint32(1),
                hex"01010101010101010101010101010101010101010101010101010101010101010101010101010101",
                hex"010101010101010101010101010101010101010101010101",
                hex"02020202020202020202020202020202020202020202020202020202020202020202020202020202",
                hex"02020202020202020202020202020202020202020202020202020202020202020202020202020202",
                hex"02020202020202020202020202020202020202020202020202020202020202020202020202020202",
                hex"0202020202020202",
                uint128(0),
                hex"01"
            ),
            hex"f4b2420bc5821c104c1bd9f661735da69b97c2ad7bcf146f28eaaa387dbdcbf3"
            hex"3cbdab9764f7a9cf8818f0e3d70fcd2d5ac68c00b03aac56ac09712bee5359b6"
        );
    }

    function _expect(uint256 precompile, bytes memory input, bytes memory output) private view {
        (bool success, bytes memory answer) = address(uint160(precompile)).staticcall(input);
        if (!success || keccak256(answer) != keccak256(output))
            revert IBusProofSystem.PrecompileMissing(precompile);
    }
}
