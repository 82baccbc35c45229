import { buildModule } from "@nomicfoundation/hardhat-ignition/modules";

export default buildModule("Far", (m) => ({ counter: m.contract("Counter") }));
