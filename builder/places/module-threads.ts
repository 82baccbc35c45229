/**
 * Options of threads whose code is a module. Piscina asks for it by `require` first, which Node answers for
 * modules too; a thread that is ended at that moment takes the whole process with it (an assertion in
 * `CreateRequiredModuleFacade`, seen with Node 24.21). Without that answer Piscina imports the module.
 */
export const MODULE_THREADS = { execArgv: ["--no-experimental-require-module"] };
