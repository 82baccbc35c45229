// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title FOR TESTS ONLY: what an {Inquirer} asks of its caller
interface IAsker {
    function secret() external view returns (uint256);

    function hook() external;
}

/// @title FOR TESTS ONLY: tells its caller what can be seen of that caller
contract Inquirer {
    /// @param hasCode,hasHash What the caller's account shows.
    /// @param answers Whether the caller answers a low-level call back.
    /// @param secret What the caller answers to a Solidity call.
    struct Sight {
        bool hasCode;
        bool hasHash;
        bool answers;
        uint256 secret;
        uint256 balance;
    }

    uint256 public visits;
    uint256 public hooks;

    function look() public view returns (Sight memory sight) {
        bytes32 hash = msg.sender.codehash;
        sight.hasCode = msg.sender.code.length != 0;
        sight.hasHash = hash != 0 && hash != keccak256("");
        bytes memory data;
        (sight.answers, data) = msg.sender.staticcall(abi.encodeCall(IAsker.secret, ()));
        sight.answers = sight.answers && data.length == 32;
        sight.secret = IAsker(msg.sender).secret();
        sight.balance = msg.sender.balance;
    }

    function visit() external returns (Sight memory) {
        ++visits;
        return look();
    }

    /// As a token does that is minted safely.
    function mint() external {
        if (msg.sender.code.length == 0) return;
        IAsker(msg.sender).hook();
        ++hooks;
    }
}
