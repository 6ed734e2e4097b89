import assert from "node:assert/strict";
import { Ajv2020 } from "ajv/dist/2020.js";
import { describe, it } from "mocha";
import type { Json } from "../games/game.ts";
import { errors } from "./errors.ts";
import { openApiDocument } from "./openapi.schema.ts";
import { openApi } from "./openapi.ts";
import { gameRoutes, gameTypes } from "./routes/index.ts";
import { sampleGame } from "./routes/testing.ts";

type Tree = { [key: string]: Tree };

function documentOf(engine: string): Tree {
  const routes = gameRoutes(sampleGame({}, engine));
  return openApi({ title: "flip", version: "v1" }, routes, gameTypes) as unknown as Tree;
}

/** Every `$ref` of a document. */
function references(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, field]) =>
    key === "$ref" && typeof field === "string" ? [field] : references(field),
  );
}

function at(document: Tree, pointer: string): unknown {
  const keys = pointer.split("/").slice(1);
  return keys.reduce<Tree | undefined>((tree, key) => tree?.[key], document);
}

describe("openapi", () => {
  for (const engine of ["coin-flip", "dice", "mines"]) {
    describe(`of ${engine}`, () => {
      const document = documentOf(engine);

      it("is an OpenAPI 3.1 document", () => {
        const check = new Ajv2020({ strict: false, validateFormats: false }).compile(
          openApiDocument,
        );
        assert.ok(check(document), JSON.stringify(check.errors, null, 1));
      });

      it("refers only to what it holds", () => {
        const found = references(document);
        assert.ok(found.length > 10);
        for (const ref of found) assert.ok(at(document, ref), ref);
      });

      it("holds schemas that a strict validator takes", () => {
        const schemas = at(document, "#/components/schemas") as Tree;
        for (const [name, schema] of Object.entries(schemas)) {
          // As one schema with the others beside it, so that references resolve.
          const whole = { ...(schema as object), components: { schemas } };
          const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, validateFormats: false });
          ajv.addVocabulary(["components"]);
          assert.doesNotThrow(() => ajv.compile(whole), name);
        }
      });
    });
  }

  const document = documentOf("mines");
  const operations = Object.values(document["paths"] ?? {}).flatMap((item) => Object.values(item));

  it("shows the bet and the action of the game", () => {
    const body = (path: string) =>
      JSON.stringify(at(document, "")) && document["paths"]?.[path]?.["post"]?.["requestBody"];
    assert.match(JSON.stringify(body("/games/flip/rounds")), /"mines"/);
    assert.match(JSON.stringify(body("/games/flip/rounds/{id}/actions")), /"cashOut"/);
  });

  it("names each operation once and says which need a token", () => {
    const names = operations.map((operation) => operation["operationId"]);
    assert.equal(new Set(names).size, names.length);
    const open = operations.filter(({ security }) => (security as unknown as Json[]).length === 0);
    assert.deepEqual(open.map(({ operationId }) => operationId as unknown as string).sort(), [
      "getRevision",
      "openapi",
      "rules",
    ]);
  });

  it("says of each operation that it refuses what it cannot read, such as an unknown parameter", () => {
    for (const { operationId, responses } of operations) {
      assert.match(JSON.stringify(responses?.["400"]), /`malformed`/, String(operationId));
    }
  });

  it("documents every refusal with its status and code", () => {
    const text = JSON.stringify(document["paths"]?.["/games/flip/rounds"]?.["post"]?.["responses"]);
    for (const status of [400, 401, 402, 403, 409, 413, 415, 422, 429, 500, 503]) {
      assert.ok(text.includes(`"${status}":`), `${status}`);
    }
    assert.ok(text.includes(errors.idempotency_mismatch.meaning));
  });
});
