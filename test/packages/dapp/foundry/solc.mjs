#!/usr/bin/env node
/* The Solidity compiler of npm, as forge calls one: `--version`, and `--standard-json` with its input on stdin. */
import { text } from "node:stream/consumers";
import solc from "solc";

if (process.argv.includes("--version")) console.log(`Version: ${solc.version()}`);
else console.log(solc.compile(await text(process.stdin)));
