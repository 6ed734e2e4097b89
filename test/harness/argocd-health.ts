import { readFileSync } from "node:fs";
import { join } from "node:path";
import { LuaFactory } from "wasmoon";

const home = join(import.meta.dirname, "..", "..", "manifests", "argocd", "health");
const factory = new LuaFactory();

/** What Argo CD would say of an object: runs a health script of ours in a real Lua, as Argo CD does. */
export async function healthOf(
  script: "pitboss" | "custom-resource-definition" | "application",
  object: object,
): Promise<{ status: string; message: string }> {
  const lua = await factory.createEngine();
  try {
    lua.global.set("obj_json", JSON.stringify(object));
    lua.global.set("decode", (text: string) => JSON.parse(text) as unknown);
    const source = readFileSync(join(home, `${script}.lua`), "utf8");
    return (await lua.doString(`obj = decode(obj_json)\n${source}`)) as {
      status: string;
      message: string;
    };
  } finally {
    lua.global.close();
  }
}
