import { readFileSync } from "node:fs";
import { pino } from "pino";
import { startGateway } from "../../local/gateway/gateway.ts";

// The local platform's gateway as a pod: a cluster without an ingress controller needs one for the suite.
const account = "/var/run/secrets/kubernetes.io/serviceaccount";
const gateway = await startGateway({
  access: {
    url: `https://${process.env["KUBERNETES_SERVICE_HOST"]}:${process.env["KUBERNETES_SERVICE_PORT"]}`,
    caFile: `${account}/ca.crt`,
    token: readFileSync(`${account}/token`, "utf8"),
  },
  gateway: { namespace: "pitboss", name: "pitboss" },
  host: "0.0.0.0",
  port: 8080,
  logger: pino(),
});
process.once("SIGTERM", () => void gateway.stop().then(() => process.exit(0)));
