// SPDX-License-Identifier: MIT
pragma solidity ^0.8.24;

import {IRollups} from "./IRollups.sol";

/// @title For contracts on L1 that go on when a call to another chain fails
/// @notice A call through a proxy fails in two ways. Either the remote contract reverts: that is proven, and
/// happens as it would on one chain. Or Lockstep has no answer, because nothing was posted for the call or L1
/// did something else than was foreseen: that is no answer at all, and a block builder can bring it about, by
/// leaving a batch out. A contract that catches both alike lets others choose what it does. So catch only
/// what {isMiss} says no to, or use {tryCall}, which passes misses on: then the transaction reverts, and can
/// be sent again.
library CrossChain {
    /// Thrown when a call used up nearly all its gas and says nothing: on L1, the remote contract's gas is
    /// not L1's, so it did not come to an answer. Who includes transactions can make calls dearer by posting
    /// other batches in front of them.
    error OutOfGas();

    /// Of the gas that a call may have, what is left at least when it comes to an answer: a sixteenth. What
    /// keeps back a 64th itself, the proxy and the manager, would leave less if it had run out of gas.
    uint256 private constant GAS_SHARE = 16;

    /// @notice Whether a call through a proxy that reverted so has no answer.
    /// @param reason Revert data of the call, as a `catch (bytes memory reason)` gets it.
    function isMiss(bytes memory reason) internal pure returns (bool) {
        return isManagers(reason) && bytes4(reason) != IRollups.RemoteError.selector;
    }

    /// @notice What the remote contract itself reverted with, when {isMiss} is false.
    function remoteReason(bytes memory reason) internal pure returns (bytes memory data) {
        if (reason.length < 4 || bytes4(reason) != IRollups.RemoteError.selector) return reason;
        data = new bytes(reason.length - 4);
        assembly ("memory-safe") {
            mcopy(add(data, 32), add(reason, 36), mload(data))
        }
        return abi.decode(data, (bytes));
    }

    /// @notice Calls a remote contract, or one of this chain. Reverts with what Lockstep says if there is no
    /// answer.
    /// @param target The proxy, or the contract itself if it lives here.
    /// @return success Whether the contract did not revert.
    /// @return answer What it returned or reverted with.
    function tryCall(
        address target,
        uint256 value,
        bytes memory data
    ) internal returns (bool success, bytes memory answer) {
        uint256 given = gasleft();
        (success, answer) = target.call{value: value}(data);
        if (!success) answer = _reasonOf(answer, given);
    }

    /// @notice {tryCall}, static.
    function tryStaticCall(
        address target,
        bytes memory data
    ) internal view returns (bool success, bytes memory answer) {
        uint256 given = gasleft();
        (success, answer) = target.staticcall(data);
        if (!success) answer = _reasonOf(answer, given);
    }

    function _reasonOf(bytes memory reason, uint256 given) private view returns (bytes memory) {
        if (reason.length == 0 && gasleft() < given / GAS_SHARE) revert OutOfGas();
        if (!isMiss(reason)) return remoteReason(reason);
        assembly ("memory-safe") {
            revert(add(reason, 32), mload(reason))
        }
    }

    /// @notice Whether revert data begins like an error of Lockstep's own: what `relay` says, a remote
    /// contract in its words, or an imitation of either, which Lockstep puts into {IRollups.RemoteError}.
    function isManagers(bytes memory reason) internal pure returns (bool) {
        if (reason.length < 4) return false;
        bytes4 selector = bytes4(reason);
        return
            selector == IRollups.ExecutionNotFound.selector ||
            selector == IRollups.UnexpectedAction.selector ||
            selector == IRollups.RemoteError.selector ||
            selector == IRollups.InsufficientRollupBalance.selector ||
            selector == IRollups.NativeTokenRollup.selector ||
            selector == IRollups.UnknownRollup.selector ||
            selector == IRollups.ValueTooLarge.selector ||
            selector == IRollups.ReturnDataTooLarge.selector ||
            selector == IRollups.InsufficientCallGas.selector ||
            selector == IRollups.InsufficientProbeGas.selector;
    }
}
