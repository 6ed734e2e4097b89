import assert from "node:assert/strict";
import { createPrivateKey, createSign, generateKeyPairSync } from "node:crypto";
import { describe, it } from "mocha";
import type { TransactionSerializableEIP1559 } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { bitcoinNetwork } from "../adapters/bitcoin-networks.ts";
import { localKey } from "./local-key.ts";
import { compressed, evmAddressOf, uncompressed, witnessAddressOf } from "./public-key.ts";
import { der, lowSignature, type Signer, signEvm } from "./signer.ts";

const key = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";
const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const transaction: TransactionSerializableEIP1559 = {
  type: "eip1559",
  ...{ chainId: 1, nonce: 7, gas: 21_000n, value: 5n, data: "0x" },
  ...{ maxFeePerGas: 30n, maxPriorityFeePerGas: 2n, to: `0x${"ab".repeat(20)}` },
};

/** What a key service may do: it answers with s in the upper half. */
function highSigner(signer: Signer): Signer {
  return {
    publicKey: async () => uncompressed(await signer.publicKey()),
    async sign(digest) {
      const signature = Buffer.from(await signer.sign(digest));
      const s = BigInt(`0x${signature.toString("hex", 32)}`);
      const high = s > order / 2n ? s : order - s;
      return Buffer.concat([
        signature.subarray(0, 32),
        Buffer.from(high.toString(16).padStart(64, "0"), "hex"),
      ]);
    },
  };
}

describe("signers", () => {
  it("sign the transaction that viem would, byte for byte", async () => {
    const account = privateKeyToAccount(`0x${key}`);
    const { raw } = await signEvm(localKey(key), transaction);
    assert.equal(raw, await account.signTransaction(transaction));
    assert.equal(evmAddressOf(await localKey(key).publicKey()), account.address.toLowerCase());
  });

  it("may be key services that answer with the other half of s", async () => {
    const [low, high] = [localKey(key), highSigner(localKey(key))];
    assert.deepEqual(await signEvm(high, transaction), await signEvm(low, transaction));
    const { s } = await lowSignature(high, Buffer.alloc(32, 1));
    assert.ok(s <= order / 2n);
  });

  it("whose signature is of another key are found out", async () => {
    const other: Signer = { ...localKey("11".repeat(32)), publicKey: localKey(key).publicKey };
    await assert.rejects(signEvm(other, transaction), /not by its key/);
  });

  it("say nothing of a key that cannot be read", () => {
    for (const text of ["", "abc", `${key}0`, `0x${key.slice(2)}zz`]) {
      assert.throws(() => localKey(text), { message: "the signer's key is not 32 bytes in hex" });
    }
  });

  it("write signatures in DER as OpenSSL does", () => {
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "secp256k1" });
    const pem = createPrivateKey(privateKey.export({ type: "pkcs8", format: "pem" }));
    for (let i = 0; i < 50; i++) {
      const sign = (dsaEncoding: "der" | "ieee-p1363") =>
        createSign("sha256").update(`${i}`).sign({ key: pem, dsaEncoding });
      const plain = sign("ieee-p1363");
      const [r, s] = [plain.toString("hex", 0, 32), plain.toString("hex", 32)].map((hex) =>
        BigInt(`0x${hex}`),
      );
      const ours = der({ r: r ?? 0n, s: s ?? 0n });
      // r and s are random, so each encoding is read back instead of compared.
      const length = ours[3] ?? 0;
      assert.equal(BigInt(`0x${ours.toString("hex", 4, 4 + length)}`), r);
      assert.equal(BigInt(`0x${ours.toString("hex", 6 + length)}`), s);
      assert.ok((ours[4] ?? 0) < 0x80 && ours[1] === ours.length - 2);
    }
  });

  it("have the addresses of BIP-84's and Ethereum's own examples", () => {
    // https://github.com/bitcoin/bips/blob/master/bip-0084.mediawiki: first receiving address
    const bip84 = Buffer.from(
      "0330d54fd0dd420a6e5f8d3624f5f3482cae350f79d5f0753bf5beef9c2d91af3c",
      "hex",
    );
    const bitcoin = bitcoinNetwork("bip122:000000000019d6689c085ae165831e93");
    assert.ok(bitcoin);
    assert.equal(witnessAddressOf(bip84, bitcoin), "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu");
    assert.deepEqual(compressed(uncompressed(bip84)), bip84);
  });
});
