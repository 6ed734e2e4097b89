import assert from "node:assert/strict";
import { describe, it } from "mocha";
import { HDKey, mnemonicToAccount } from "viem/accounts";
import { bitcoinNetwork } from "../adapters/bitcoin-networks.ts";
import { addressMaker } from "./addresses.ts";

const words = "test test test test test test test test test test test junk";
const seed = Buffer.from(
  // BIP-39 seed of the words above, without a passphrase.
  "9dfc3c64c2f8bede1533b6a79f8570e5943e0b8fd1cf77107adf7b72cef42185d564a3aee24cab43f80e3c4538087d70fc824eabbad596a23c97b6ee8322ccc0",
  "hex",
);
const account = HDKey.fromMasterSeed(seed).derive("m/44'/60'/0'/0");

describe("deposit addresses", () => {
  it("are the children of an account's public key, as every wallet derives them", () => {
    const maker = addressMaker(account.publicExtendedKey);
    for (const child of [0, 1, 19]) {
      const { address } = mnemonicToAccount(words, { addressIndex: child });
      assert.equal(maker.address(BigInt(child)), address.toLowerCase());
    }
  });

  it("of Bitcoin are those of BIP-84's example", () => {
    const zpub =
      "xpub6CatWdiZiodmUeTDp8LT5or8nmbKNcuyvz7WyksVFkKB4RHwCD3XyuvPEbvqAQY3rAPshWcMLoP2fMFMKHPJ4ZeZXYVUhLv1VMrjPC7PW6V";
    const external = HDKey.fromExtendedKey(zpub).deriveChild(0).publicExtendedKey;
    const maker = addressMaker(external, bitcoinNetwork("bip122:000000000019d6689c085ae165831e93"));
    assert.equal(maker.address(0n), "bc1qcr8te4kr609gcawutmrza0j4xv80jy8z306fyu");
    assert.equal(maker.address(1n), "bc1qnjg0jd8228aq7egyzacy8cys3knf9xvrerkf9g");
  });

  it("are refused a private key: none may be where they are made", () => {
    assert.throws(() => addressMaker(account.privateExtendedKey), /private/);
    assert.throws(() => addressMaker("xpub-nonsense"));
  });

  it("never name the key itself", () => {
    const maker = addressMaker(account.publicExtendedKey);
    assert.match(maker.key, /^[0-9a-f]{64}$/);
    assert.ok(!JSON.stringify(maker).includes("xpub"));
  });
});
