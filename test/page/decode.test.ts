import { expect } from "chai";
import { encodeErrorResult, encodeFunctionData, encodeFunctionResult, parseAbi } from "viem";
import { argumentsFrom } from "../../packages/page/src/attempt/arguments.ts";
import { Abis } from "../../packages/page/src/names/abis.ts";
import {
  decodeCall,
  decodeError,
  decodeResult,
  ether,
  shorten,
} from "../../packages/page/src/names/decode.ts";
import { parseRoute } from "../../packages/page/src/app/route.ts";

const abi = parseAbi([
  "function pay(address to, uint256 amount, bytes memo) returns (bool, uint256)",
  "function tell(string text, uint256[] numbers)",
  "error Closed(address by, uint8 day)",
]);
const abis = new Abis([{ name: "Shop", abi, code: null }]);
const shop = `0x${"12".repeat(20)}` as const;
const address = (each: string): string => (each.toLowerCase() === shop ? "Shop" : each);

describe("data from chains", () => {
  it("is read by the ABIs at hand, with addresses by name", () => {
    const data = encodeFunctionData({ abi, functionName: "pay", args: [shop, 5n, "0x1234"] });
    const call = decodeCall(data, abis, address);
    expect(call.name).to.equal("pay");
    expect(call.arguments.map(({ name, text }) => `${name} ${text}`)).to.deep.equal([
      "to Shop",
      "amount 5",
      "memo 0x1234",
    ]);
    const answer = encodeFunctionResult({ abi, functionName: "pay", result: [true, 7n] });
    expect(decodeResult(answer, call.item, address)).to.equal("(true, 7)");
  });

  it("is shown in hexadecimal where no ABI fits, or where it does not fit its ABI", () => {
    expect(decodeCall("0xdeadbeef00", abis, address)).to.deep.equal({
      item: undefined,
      name: "0xdeadbeef…",
      arguments: [],
    });
    const [selector] = [
      encodeFunctionData({ abi, functionName: "pay", args: [shop, 5n, "0x"] }).slice(0, 10),
    ];
    expect(decodeCall(`0x${selector.slice(2)}ff`, abis, address).name).to.equal(`${selector}…`);
    expect(decodeResult("0x12", undefined, address)).to.equal("0x12");
  });

  it("tells errors by their names, and texts as they are", () => {
    const closed = encodeErrorResult({ abi, errorName: "Closed", args: [shop, 3] });
    expect(decodeError(closed, abis, address)).to.equal("Closed(Shop, 3)");
    const text = encodeErrorResult({ abi: parseAbi(["error Error(string)"]), args: ["not today"] });
    expect(decodeError(text, abis, address)).to.equal('Error("not today")');
    expect(decodeError("0x", abis, address)).to.equal("");
  });

  it("cannot turn the text around it, nor fill the screen", () => {
    const text = `\u202efdp.exe${"x".repeat(1_000)}`;
    const numbers = Array.from({ length: 500 }, (_, index) => BigInt(index));
    const data = encodeFunctionData({ abi, functionName: "tell", args: [text, numbers] });
    const [said, list] = decodeCall(data, abis, address).arguments;
    expect(said?.text)
      .to.match(/^"�fdp\.exe/)
      .and.to.have.length.lessThan(300);
    expect(list?.text).to.equal("[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 488 more]");
  });

  it("has amounts in the unit in which they are read", () => {
    expect([ether(0n), ether(5n), ether(10n ** 18n)]).to.deep.equal(["0 ETH", "5 wei", "1 ETH"]);
    expect(shorten(`0x${"ab".repeat(32)}`)).to.equal("0xababab…abab");
  });
});

describe("the page's form", () => {
  const [pay, tell] = abi;
  it("takes arguments as JSON, numbers of any size among them", () => {
    const large = "123456789012345678901234567890";
    expect(argumentsFrom(pay.inputs, `["${shop}", ${large}, "0x"]`)).to.deep.equal([
      shop,
      BigInt(large),
      "0x",
    ]);
    expect(argumentsFrom(tell.inputs, `"a", ["1", 2]`)).to.deep.equal(["a", [1n, 2n]]);
  });

  it("says what is wrong with them", () => {
    expect(() => argumentsFrom(pay.inputs, "[1]")).to.throw("takes 3 arguments, and 1 are given");
    expect(() => argumentsFrom(pay.inputs, "[")).to.throw("no JSON list");
    expect(() => argumentsFrom(tell.inputs, `"a", 5`)).to.throw("uint256[] is written as a list");
  });
});

describe("the page's addresses", () => {
  const hash = `0x${"AB".repeat(32)}`;
  it("name each screen and each step", () => {
    expect(parseRoute("/")).to.deep.equal({ screen: "home" });
    expect(parseRoute(`/tx/${hash}/step/3`)).to.deep.equal({
      screen: "transaction",
      hash: hash.toLowerCase(),
      step: 3,
    });
    expect(parseRoute(`/address/2/${shop}`)).to.deep.equal({ screen: "address", chain: 2, address: shop });
    expect(parseRoute("/block/0/17")).to.deep.equal({ screen: "block", chain: 0, block: "17" });
  });

  it("that are made up lead nowhere", () => {
    for (const wanted of ["/tx/0x12", "/address/x/y", "/block/0/-1", "/tx/../..", "/try/a"])
      expect(parseRoute(wanted), wanted).to.deep.equal({ screen: "nothing", wanted });
  });
});
