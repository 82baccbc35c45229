// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IRollups, Rollup} from "../interfaces/IRollups.sol";
import {ChainId} from "../interfaces/Actions.sol";

/// @title FOR TESTS ONLY: calls a ledger with what `Rollups` says of it, before and after it was called
contract RegistryReader {
    /// Deposits the Ether sent, and then pays 1 wei to an account whose address is a hash of everything read.
    function readAround(IRollups rollups, ChainId rollup, address proxy) external payable {
        Rollup memory before = rollups.rollupOf(rollup);
        _call(proxy, msg.value, "");
        Rollup memory later = rollups.rollupOf(rollup);
        require(later.etherBalance == before.etherBalance + msg.value, "Ether is not there");
        pay(proxy, abi.encode(before, later));
    }

    /// Pays 1 wei to an account whose address is a hash of what is read of `rollup`.
    function readOnly(IRollups rollups, ChainId rollup, address proxy) external payable {
        pay(proxy, abi.encode(rollups.rollupOf(rollup)));
    }

    function pay(address proxy, bytes memory read) private {
        address payee = address(uint160(uint256(keccak256(read))));
        _call(proxy, 0, abi.encodeWithSignature("transfer(uint256,address,uint256)", 0, payee, 1));
    }

    function _call(address target, uint256 value, bytes memory data) private {
        (bool ok, ) = target.call{value: value}(data);
        require(ok, "call failed");
    }
}
