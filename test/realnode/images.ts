import { chmodSync, cpSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { serverAccount } from "../../local/postgres/account.ts";
import { postgresPrograms } from "../../local/postgres/programs.ts";
import { inImage, stepsOf } from "../platform/image-files.ts";
import { output, run } from "./shell.ts";

const root = join(import.meta.dirname, "..", "..");

/** The image of the project, with the files that the Dockerfile names: sources and production dependencies, nothing built. */
export function projectImage(realnode: string, work: string): void {
  const folder = join(work, "pitboss");
  copySources(folder, inImage);
  for (const step of stepsOf("dependencies")) run("sh", ["-c", step], { cwd: folder });
  run(realnode, ["node-image", folder, "localhost/pitboss:1", "--cmd", '["runtime/main.ts"]']);
}

/** The gateway's image: the project's, and the local platform's edge. */
export function gatewayImage(realnode: string, work: string): void {
  const folder = join(work, "gateway");
  cpSync(join(work, "pitboss"), folder, { recursive: true });
  copySources(folder, (file) => /^local\/|^test\/realnode\/gateway\.ts$/.test(file));
  run(realnode, [
    "node-image",
    folder,
    "localhost/pitboss-gateway:1",
    "--cmd",
    '["test/realnode/gateway.ts"]',
  ]);
}

/** PostgreSQL 18 from the same npm package as the local platform's. */
export function postgresImage(realnode: string, work: string): void {
  const rootfs = join(work, "postgres");
  const bin = dirname(postgresPrograms(serverAccount()).postgres);
  run(join(dirname(realnode), "host-rootfs.sh"), [rootfs, dirname(bin)]);
  const entry = join(rootfs, "bin", "pg-entry");
  cpSync(join(import.meta.dirname, "postgres-entry.sh"), entry);
  chmodSync(entry, 0o755);
  const settings = ["--user", "999:999", "--port", "5432", "--env", `PATH=${bin}:/bin`];
  const name = ["--name", "localhost/pitboss-postgres:1"];
  run(realnode, [
    "image",
    "--rootfs",
    rootfs,
    ...name,
    "--entrypoint",
    '["/bin/pg-entry"]',
    ...settings,
  ]);
}

/** The sources as they were committed last: what lies half done in the folder is not in an image. */
function copySources(folder: string, wanted: (file: string) => boolean): void {
  mkdirSync(folder, { recursive: true });
  const files = output("git", ["ls-tree", "-r", "--name-only", "HEAD"], root).trim().split("\n");
  const archive = join(folder, "sources.tar");
  run("git", ["archive", "--output", archive, "HEAD", ...files.filter(wanted)], { cwd: root });
  run("tar", ["-xf", archive, "-C", folder]);
  rmSync(archive);
}

/** Removes what the images were made from. */
export function forget(work: string): void {
  rmSync(work, { recursive: true, force: true });
}
