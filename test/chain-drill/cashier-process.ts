import { Cashier } from "../../lobby/cashier/cashier.ts";
import { Database } from "../../runtime/database.ts";
import { createLogger } from "../../runtime/log.ts";

// The lobby's cashier alone, as a process that can be killed.
const directory = process.env["PITBOSS_DATABASE_DIR"] ?? "";
const target = process.env["PITBOSS_CHAIN_AGENTS"] ?? "";
const database = await Database.open({ directory, connections: 4, application: "drill cashier" });
const log = createLogger("info", { service: "cashier" });
new Cashier({ database, log, target, tlsDir: "", lookMs: 500 }).start();
