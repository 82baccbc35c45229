// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Counter} from "../src/Counter.sol";
import {CounterCaller} from "../src/CounterCaller.sol";

interface Vm {
    function createSelectFork(string calldata) external returns (uint256);
    function startBroadcast() external;
    function stopBroadcast() external;
    function envAddress(string calldata) external returns (address);
    function envUint(string calldata) external returns (uint256);
    function envString(string calldata) external returns (string memory);
}

interface ICrossChainManager {
    function createProxy(address original, uint64 chain) external returns (address);
}

/// @notice A counter on one chain and what calls it on another one, in one script.
contract Deploy {
    Vm private constant VM = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    /// @return counter On the far chain.
    /// @return caller On the near one.
    function run() external returns (Counter counter, CounterCaller caller) {
        VM.createSelectFork(VM.envString("FAR"));
        VM.startBroadcast();
        counter = new Counter();
        VM.stopBroadcast();

        VM.createSelectFork(VM.envString("NEAR"));
        VM.startBroadcast();
        ICrossChainManager manager = ICrossChainManager(VM.envAddress("MANAGER"));
        address proxy = manager.createProxy(address(counter), uint64(VM.envUint("FAR_ID")));
        caller = new CounterCaller(Counter(proxy));
        VM.stopBroadcast();
    }
}

/// @notice Calls across. Forge's own EVM has one chain, so that the call fails there: what it does is the gateway's to say.
contract Bump {
    Vm private constant VM = Vm(address(uint160(uint256(keccak256("hevm cheat code")))));

    function run(CounterCaller caller) external {
        VM.startBroadcast();
        (bool ok, ) = address(caller).call(abi.encodeCall(CounterCaller.bump, ()));
        ok;
        VM.stopBroadcast();
    }
}
