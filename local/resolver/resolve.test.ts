import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, afterEach, beforeEach, describe, it } from "mocha";
import { binaries, etcdVersion, kubernetesVersion } from "./binaries.ts";
import { officialHosts, releaseOf } from "./releases.ts";
import { type ResolveOptions, resolveControlPlane } from "./resolve.ts";

const names = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"] as const;
const silent = { begin() {}, update() {}, end() {} };
const root = mkdtempSync(join(tmpdir(), "pitboss-resolver-"));

let folder: string;
let said: string[];
let servers: Server[];

function program(path: string, text: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** A `go` that builds in no time and notes each of its calls. */
function fakeGo(build = 'printf built > "$out"'): NodeJS.ProcessEnv {
  const bin = join(folder, "bin");
  program(
    join(bin, "go"),
    `[ "$1" = version ] && exit 0
     echo "$@" >> ${join(folder, "go-calls")}
     while [ $# -gt 1 ]; do [ "$1" = -o ] && out="$2"; shift; done
     sleep 0.1; ${build}`,
  );
  return { PATH: `${bin}:${process.env["PATH"]}` };
}

function goCalls(): string[] {
  const file = join(folder, "go-calls");
  return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
}

/** A server of releases; answers 404 for what it does not have, and notes what it was asked for. */
async function releases(files: Readonly<Record<string, Buffer | string>>) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    asked.push(path);
    const body = files[path];
    response.writeHead(body === undefined ? 404 : 200).end(body);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { asked, hosts: { kubernetes: url, etcd: url } };
}

const nowhere = { kubernetes: "http://127.0.0.1:9", etcd: "http://127.0.0.1:9" };
const noGo = { PATH: "/nonexistent" };

function resolve(options: ResolveOptions) {
  return resolveControlPlane({
    env: noGo,
    userCache: join(folder, "cache"),
    hosts: nowhere,
    progress: silent,
    say: (line) => said.push(line),
    ...options,
  });
}

function sha256(content: Buffer | string): string {
  return createHash("sha256").update(content).digest("hex");
}

describe("the resolver of the control plane", () => {
  beforeEach(() => {
    folder = mkdtempSync(join(root, "case-"));
    said = [];
    servers = [];
  });
  afterEach(() => {
    for (const server of servers) server.close();
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  function assets(minor: string): string {
    const place = join(folder, "assets");
    program(join(place, "etcd"), `echo "etcd Version: ${etcdVersion}"`);
    for (const name of names.slice(1)) {
      program(join(place, name), `echo "Kubernetes v${minor}.9"`);
    }
    return place;
  }

  it("takes KUBEBUILDER_ASSETS first", async () => {
    const place = assets("1.36");
    const found = await resolve({ env: { ...noGo, KUBEBUILDER_ASSETS: place } });
    assert.deepEqual(
      Object.values(found),
      names.map((name) => join(place, name)),
    );
  });

  it("refuses assets of another minor, says so, and goes on with the next way", async () => {
    const place = assets("1.35");
    const found = await resolve({ env: { ...fakeGo(), KUBEBUILDER_ASSETS: place } });
    assert.equal(found.etcd, join(place, "etcd"));
    assert.match(found["kube-apiserver"], /cache/);
    assert.match(
      said.join("\n"),
      /kube-apiserver is version 1\.35 and was refused; 1\.36 is needed/,
    );
  });

  it("builds each missing binary on its own, and finds it in the cache the next time", async () => {
    const env = fakeGo();
    const first = await resolve({ env });
    assert.equal(goCalls().length, names.length);
    assert.match(goCalls()[1] ?? "", /-mod=readonly .* k8s\.io\/kubernetes\/cmd\/kube-apiserver$/);
    assert.deepEqual(await resolve({ env: noGo }), first);
    rmSync(first["kube-scheduler"]);
    assert.deepEqual(await resolve({ env }), first);
    assert.equal(goCalls().length, names.length + 1);
  });

  it("does not build twice when two runs start at once", async () => {
    const env = fakeGo();
    const [first, second] = await Promise.all([resolve({ env }), resolve({ env })]);
    assert.deepEqual(first, second);
    assert.equal(goCalls().length, names.length);
    assert.match(said.join("\n"), /waiting for it/);
  });

  it("asks a host that refuses only once", async () => {
    const { hosts } = await releases({});
    for (const server of servers) server.close();
    const began = Date.now();
    await assert.rejects(resolve({ hosts }), /ECONNREFUSED/);
    assert.ok(Date.now() - began < 2_000);
  });

  it("says what is missing, why each way failed, and the cure", async () => {
    await assert.rejects(resolve({}), (error: Error) => {
      for (const part of [
        `kube-apiserver ${kubernetesVersion} is missing:`,
        "download: ",
        "go build: Go is not installed",
        "KUBEBUILDER_ASSETS",
        "go.dev/dl",
      ]) {
        assert.ok(error.message.includes(part), `${part} in ${error.message}`);
      }
      return true;
    });
  });

  it("passes on what Go said when a build fails", async () => {
    const env = fakeGo("echo 'no space left on device' >&2; exit 1");
    await assert.rejects(resolve({ env }), /go build failed \(exit 1\):\nno space left on device/);
  });

  if (process.platform === "linux") {
    it("downloads the official releases and checks their sums", async () => {
      const { hosts } = await releases(releaseFiles((content) => sha256(content)));
      const found = await resolve({ hosts });
      assert.equal(readFileSync(found.etcd, "utf8"), "etcd itself");
      assert.equal(execFileSync(found["kube-scheduler"], { encoding: "utf8" }), "kube-scheduler\n");
    });

    it("throws away a download whose sum is another, and builds instead", async () => {
      const { hosts } = await releases(releaseFiles(() => sha256("another file")));
      await assert.rejects(
        resolve({ hosts }),
        /its SHA-256 is [0-9a-f]{64}; [0-9a-f]{64} was published/,
      );
      const found = await resolve({ hosts, env: fakeGo() });
      assert.equal(readFileSync(found.etcd, "utf8"), "built");
    });
  }

  function releaseFiles(sum: (content: Buffer | string) => string) {
    const arch = process.arch === "arm64" ? "arm64" : "amd64";
    const files: Record<string, Buffer | string> = {};
    for (const name of names.slice(1)) {
      const path = `/v${kubernetesVersion}/bin/linux/${arch}/${name}`;
      const content = `#!/bin/sh\necho ${name}\n`;
      files[path] = content;
      files[`${path}.sha256`] = sum(content);
    }
    const member = `etcd-v${etcdVersion}-linux-${arch}`;
    mkdirSync(join(folder, member));
    writeFileSync(join(folder, member, "etcd"), "etcd itself");
    execFileSync("tar", ["-czf", `${member}.tar.gz`, member], { cwd: folder });
    const archive = readFileSync(join(folder, `${member}.tar.gz`));
    files[`/v${etcdVersion}/${member}.tar.gz`] = archive;
    files[`/v${etcdVersion}/SHA256SUMS`] =
      `${sha256("zip")}  ${member}.zip\n${sum(archive)}  ${member}.tar.gz\n`;
    return files;
  }
});

describe("releaseOf", () => {
  const cases = [
    ["kube-apiserver", "linux", "x64", "https://dl.k8s.io/v1.36.3/bin/linux/amd64/kube-apiserver"],
    ["kube-apiserver", "darwin", "arm64", undefined],
    ["kubectl", "darwin", "arm64", "https://dl.k8s.io/v1.36.3/bin/darwin/arm64/kubectl"],
    [
      "etcd",
      "darwin",
      "arm64",
      "https://github.com/etcd-io/etcd/releases/download/v3.6.8/etcd-v3.6.8-darwin-arm64.zip",
    ],
    ["etcd", "linux", "riscv64", undefined],
  ] as const;
  for (const [name, platform, arch, url] of cases) {
    it(`${name} for ${platform}-${arch}: ${url ?? "none is made"}`, () => {
      assert.equal(releaseOf(binaries[name], platform, arch, officialHosts)?.url, url);
    });
  }
});
