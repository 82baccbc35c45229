import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

export default buildModule("Coin", (m) => ({ coin: m.contract("Coin") }));
