// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ChainId} from "../interfaces/Actions.sol";
import {SpanRef} from "./Walk.sol";

/// A CALL or L2TX that waits for its RESULT.
///
///     bits 0-63 from │ 64-127 to │ 128-159 parent │ 160-191 liveCalls │ 192-223 spans
///     224 isStatic │ 225 isOnStaticPath │ 226 beginsVisit │ 227 bindsGas │ 228-255 order
///
/// parent: 1 + index of the CALL around it, 0 for the trigger. liveCalls: how many calls that are not static
/// the path has had, this one included. spans: the newest span before it, a place in memory, and so less than
/// 2^32. isOnStaticPath: it is, or is inside, a static call that L1 made. beginsVisit: its callee was idle.
/// bindsGas: it is an L2TX, or is inside of one and no call to L1 lies between. order: how many CALLs the
/// frame around it had made before it.
type Frame is uint256;

using {
    fromOf,
    toOf,
    parentOf,
    liveCallsOf,
    spansOf,
    isStaticFrame,
    isOnStaticPath,
    beginsVisit,
    bindsGas,
    orderOf
} for Frame global;

uint256 constant STATIC_FRAME = 1 << 224;
uint256 constant ON_STATIC_PATH = 1 << 225;
uint256 constant BEGINS_VISIT = 1 << 226;
uint256 constant BINDS_GAS = 1 << 227;

/// @param flags {STATIC_FRAME}, {ON_STATIC_PATH}, {BEGINS_VISIT}, {BINDS_GAS}.
function newFrame(
    ChainId from,
    ChainId to,
    uint256 parent,
    uint256 liveCalls,
    SpanRef spans,
    uint256 order,
    uint256 flags
) pure returns (Frame) {
    return
        Frame.wrap(
            ChainId.unwrap(from) |
                (uint256(ChainId.unwrap(to)) << 64) |
                (parent << 128) |
                (liveCalls << 160) |
                (SpanRef.unwrap(spans) << 192) |
                (order << 228) |
                flags
        );
}

function fromOf(Frame frame) pure returns (ChainId) {
    return ChainId.wrap(uint64(Frame.unwrap(frame)));
}

function toOf(Frame frame) pure returns (ChainId) {
    return ChainId.wrap(uint64(Frame.unwrap(frame) >> 64));
}

function parentOf(Frame frame) pure returns (uint256) {
    return uint32(Frame.unwrap(frame) >> 128);
}

function liveCallsOf(Frame frame) pure returns (uint256) {
    return uint32(Frame.unwrap(frame) >> 160);
}

function spansOf(Frame frame) pure returns (SpanRef) {
    return SpanRef.wrap(uint32(Frame.unwrap(frame) >> 192));
}

function isStaticFrame(Frame frame) pure returns (bool) {
    return Frame.unwrap(frame) & STATIC_FRAME != 0;
}

function isOnStaticPath(Frame frame) pure returns (bool) {
    return Frame.unwrap(frame) & ON_STATIC_PATH != 0;
}

function beginsVisit(Frame frame) pure returns (bool) {
    return Frame.unwrap(frame) & BEGINS_VISIT != 0;
}

function bindsGas(Frame frame) pure returns (bool) {
    return Frame.unwrap(frame) & BINDS_GAS != 0;
}

function orderOf(Frame frame) pure returns (uint256) {
    return Frame.unwrap(frame) >> 228;
}
