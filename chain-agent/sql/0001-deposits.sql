-- What the chain agents know of money that comes in. Everything is named by the chain's CAIP-2 id, so that two Chain objects
-- of one network are replicas of each other. The agents' role reads the tables and writes through the functions alone.

-- How far a chain has been read: a block, and what was final then. The row is the lock of everything that reads on.
CREATE TABLE chain.scans (
  chain text PRIMARY KEY,
  height bigint NOT NULL,
  hash text NOT NULL,
  final_height bigint NOT NULL,
  final_hash text NOT NULL,
  -- Of the last change of a deposit. It is taken under this row's lock, so changes are committed in its order and a reader
  -- who goes on after the last one that he saw misses none.
  sequence bigint NOT NULL DEFAULT 0
);

-- Addresses are children of an account key; each key has one counter, whatever chains it serves.
CREATE TABLE chain.derivations (
  -- SHA-256 of the account's extended public key.
  key text PRIMARY KEY,
  next bigint NOT NULL DEFAULT 0
);

CREATE TABLE chain.addresses (
  chain text NOT NULL REFERENCES chain.scans,
  reference text NOT NULL,
  address text NOT NULL,
  -- A wallet's own address: what arrives there is a coin to spend, not a deposit.
  own boolean NOT NULL,
  birth_height bigint NOT NULL,
  -- Child of which key; NULL where the caller brought the address.
  key text,
  child bigint,
  -- Blocks that were read before the address was watched, and must be read again for it: from … to; NULL when done.
  catch_up_from bigint,
  catch_up_to bigint,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (chain, reference),
  UNIQUE (chain, address),
  UNIQUE (chain, key, child),
  CHECK ((catch_up_from IS NULL) = (catch_up_to IS NULL))
);

CREATE INDEX addresses_behind ON chain.addresses (chain, catch_up_from) WHERE catch_up_from IS NOT NULL;

CREATE TABLE chain.deposits (
  number bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
  chain text NOT NULL,
  -- chain/transaction/output
  deposit_id text NOT NULL,
  revision bigint NOT NULL,
  sequence bigint NOT NULL,
  state text NOT NULL CHECK (state IN ('PENDING', 'REORGED', 'FINALIZED')),
  asset text NOT NULL,
  amount numeric(78, 0) NOT NULL CHECK (amount BETWEEN 1 AND 1e78),
  address text NOT NULL,
  reference text NOT NULL,
  own boolean NOT NULL,
  transaction_hash text NOT NULL,
  output text NOT NULL,
  height bigint NOT NULL,
  block_hash text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (chain, deposit_id),
  UNIQUE (chain, sequence)
);

CREATE INDEX deposits_pending ON chain.deposits (chain, height) WHERE state = 'PENDING';
CREATE INDEX deposits_by_reference ON chain.deposits (chain, reference, number);
CREATE INDEX deposits_by_address ON chain.deposits (chain, address, number);

-- The first block of a chain that anybody here looks at: everything after it is read.
CREATE FUNCTION chain.begin_scan(of_chain text, at_height bigint, at_hash text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = chain, pg_temp AS $$
  INSERT INTO scans (chain, height, hash, final_height, final_hash)
    VALUES (of_chain, at_height, at_hash, at_height, at_hash) ON CONFLICT DO NOTHING;
$$;

-- Takes the scan for this transaction, if it is where the caller thinks. False: another replica has read on.
CREATE FUNCTION chain.hold_scan(of_chain text, at_height bigint, at_hash text) RETURNS boolean
LANGUAGE plpgsql SET search_path = chain, pg_temp AS $$
BEGIN
  PERFORM FROM scans WHERE chain = of_chain AND height = at_height AND hash = at_hash FOR UPDATE;
  RETURN FOUND;
END
$$;

-- Notes the payments of a block to watched addresses: [{deposit_id, transaction_hash, output, address, asset, amount}].
-- `behind`: only for addresses that catch up on this block. Under the scan's lock.
CREATE FUNCTION chain.note_payments(of_chain text, at_height bigint, at_hash text, payments jsonb, behind boolean) RETURNS void
LANGUAGE plpgsql SET search_path = chain, pg_temp AS $$
DECLARE
  item record; noted boolean; last bigint;
BEGIN
  SELECT sequence INTO last FROM scans WHERE chain = of_chain;
  FOR item IN
    SELECT p.*, a.reference, a.own
      FROM jsonb_to_recordset(payments) AS p (
        deposit_id text, transaction_hash text, output text, address text, asset text, amount numeric)
      JOIN addresses a ON a.chain = of_chain AND a.address = p.address
     WHERE a.birth_height <= at_height AND (NOT behind OR at_height BETWEEN a.catch_up_from AND a.catch_up_to)
     ORDER BY p.deposit_id
  LOOP
    INSERT INTO deposits AS d (chain, deposit_id, revision, sequence, state, asset, amount, address, reference, own,
                               transaction_hash, output, height, block_hash)
      VALUES (of_chain, item.deposit_id, 1, last + 1, 'PENDING', item.asset, item.amount, item.address, item.reference, item.own,
              item.transaction_hash, item.output, at_height, at_hash)
      ON CONFLICT (chain, deposit_id) DO UPDATE SET
        revision = d.revision + 1, sequence = excluded.sequence, state = 'PENDING', asset = excluded.asset,
        amount = excluded.amount, address = excluded.address, reference = excluded.reference, own = excluded.own,
        height = excluded.height, block_hash = excluded.block_hash, updated_at = clock_timestamp()
        WHERE d.state = 'REORGED' OR (d.state = 'PENDING' AND d.block_hash <> excluded.block_hash)
      RETURNING true INTO noted;
    IF noted THEN
      last := last + 1;
    END IF;
  END LOOP;
  UPDATE scans SET sequence = last WHERE chain = of_chain;
END
$$;

-- Calls final what lies at or below a final block on the branch that was read. Under the scan's lock.
CREATE FUNCTION chain.finish_deposits(of_chain text, up_to bigint) RETURNS void
LANGUAGE sql SET search_path = chain, pg_temp AS $$
  WITH ready AS (
    SELECT deposit_id, row_number() OVER (ORDER BY height, deposit_id) AS place FROM deposits
     WHERE chain = of_chain AND state = 'PENDING' AND height <= up_to
  ), finished AS (
    UPDATE deposits d SET state = 'FINALIZED', revision = d.revision + 1, sequence = s.sequence + ready.place,
                          updated_at = clock_timestamp()
      FROM ready, scans s WHERE s.chain = of_chain AND d.chain = of_chain AND d.deposit_id = ready.deposit_id
    RETURNING 1
  )
  UPDATE scans SET sequence = sequence + (SELECT count(*) FROM finished) WHERE chain = of_chain;
$$;

-- Reads on by one block, the child of the one that was read last; then calls final what is, up to a block that the caller
-- saw final before he asked for this one. False: another replica was faster.
CREATE FUNCTION chain.read_block(
  of_chain text, from_height bigint, from_hash text, to_height bigint, to_hash text, payments jsonb,
  at_final bigint, at_final_hash text
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = chain, pg_temp AS $$
BEGIN
  IF NOT hold_scan(of_chain, from_height, from_hash) THEN
    RETURN false;
  END IF;
  IF to_height <> from_height + 1 THEN
    RAISE EXCEPTION 'block % does not follow block %', to_height, from_height USING ERRCODE = 'check_violation';
  END IF;
  PERFORM note_payments(of_chain, to_height, to_hash, payments, false);
  UPDATE scans SET height = to_height, hash = to_hash WHERE chain = of_chain;
  RETURN settle_scan(of_chain, to_height, to_hash, at_final, at_final_hash);
END
$$;

-- Nothing new on the branch but that a block became final.
CREATE FUNCTION chain.settle_scan(of_chain text, at_height bigint, at_hash text, at_final bigint, at_final_hash text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = chain, pg_temp AS $$
BEGIN
  IF NOT hold_scan(of_chain, at_height, at_hash) THEN
    RETURN false;
  END IF;
  -- While the scan is behind finality all that it has read is final.
  IF at_final > at_height THEN
    at_final := at_height;
    at_final_hash := at_hash;
  END IF;
  UPDATE scans SET final_height = at_final, final_hash = at_final_hash WHERE chain = of_chain AND final_height < at_final;
  IF FOUND THEN
    PERFORM finish_deposits(of_chain, at_final);
  END IF;
  RETURN true;
END
$$;

-- Goes back to a block that is still canonical: what was seen above it is reorged. What was final is never undone.
CREATE FUNCTION chain.undo_blocks(of_chain text, from_height bigint, from_hash text, to_height bigint, to_hash text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = chain, pg_temp AS $$
BEGIN
  IF NOT hold_scan(of_chain, from_height, from_hash) THEN
    RETURN false;
  END IF;
  IF to_height < (SELECT final_height FROM scans WHERE chain = of_chain) THEN
    RAISE EXCEPTION 'block % was final', to_height + 1 USING ERRCODE = 'check_violation';
  END IF;
  WITH gone AS (
    SELECT deposit_id, row_number() OVER (ORDER BY height DESC, deposit_id) AS place FROM deposits
     WHERE chain = of_chain AND state = 'PENDING' AND height > to_height
  ), undone AS (
    UPDATE deposits d SET state = 'REORGED', revision = d.revision + 1, sequence = s.sequence + gone.place,
                          updated_at = clock_timestamp()
      FROM gone, scans s WHERE s.chain = of_chain AND d.chain = of_chain AND d.deposit_id = gone.deposit_id
    RETURNING 1
  )
  UPDATE scans SET height = to_height, hash = to_hash, sequence = sequence + (SELECT count(*) FROM undone)
   WHERE chain = of_chain;
  RETURN true;
END
$$;

-- After a broken promise of finality that a person has looked into: reads on from a block that is canonical now. What was
-- final above it stays as it is, since it is credited; the person settles that by hand. For the operator's role alone.
CREATE FUNCTION chain.rewind_scan(of_chain text, to_height bigint, to_hash text) RETURNS void
LANGUAGE plpgsql SET search_path = chain, pg_temp AS $$
BEGIN
  UPDATE scans SET final_height = least(final_height, to_height),
                   final_hash = CASE WHEN final_height <= to_height THEN final_hash ELSE to_hash END WHERE chain = of_chain;
  PERFORM undo_blocks(of_chain, height, hash, to_height, to_hash) FROM scans WHERE chain = of_chain;
END
$$;

-- The lowest block that somebody must still catch up on; NULL where nobody is behind.
CREATE FUNCTION chain.behind(of_chain text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = chain, pg_temp AS $$
  SELECT min(catch_up_from) FROM addresses WHERE chain = of_chain AND catch_up_from IS NOT NULL;
$$;

-- Reads one block again for those addresses that were not watched when it was read.
CREATE FUNCTION chain.catch_up(
  of_chain text, from_height bigint, from_hash text, on_height bigint, on_hash text, payments jsonb
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = chain, pg_temp AS $$
DECLARE
  final bigint;
BEGIN
  IF NOT hold_scan(of_chain, from_height, from_hash) THEN
    RETURN false;
  END IF;
  -- An undo may have taken the scan below it: then the block is read in its turn.
  IF on_height <= from_height THEN
    PERFORM note_payments(of_chain, on_height, on_hash, payments, true);
  END IF;
  UPDATE addresses SET catch_up_from = CASE WHEN catch_up_to > on_height THEN on_height + 1 END,
                       catch_up_to = CASE WHEN catch_up_to > on_height THEN catch_up_to END
   WHERE chain = of_chain AND catch_up_from <= on_height;
  SELECT final_height INTO final FROM scans WHERE chain = of_chain;
  PERFORM finish_deposits(of_chain, final);
  RETURN true;
END
$$;

-- The next child of a key, for this transaction.
CREATE FUNCTION chain.next_child(of_key text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = chain, pg_temp AS $$
BEGIN
  INSERT INTO derivations (key) VALUES (of_key) ON CONFLICT DO NOTHING;
  RETURN (SELECT d.next FROM derivations d WHERE d.key = of_key FOR UPDATE);
END
$$;

-- Watches an address; a reference keeps the address that it has. The scan's lock makes sure that each block is read for the
-- address either in its turn or by catching up; an address that nobody could know before (`fresh`) has nothing to catch up.
-- status: watched, known, other_address, taken (by another reference).
CREATE FUNCTION chain.watch_address(
  of_chain text, with_reference text, at_address text, is_own boolean, from_birth bigint, fresh boolean,
  of_key text, as_child bigint,
  OUT status text, OUT address text, OUT birth_height bigint
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = chain, pg_temp AS $$
#variable_conflict use_column
DECLARE
  known addresses; here bigint;
BEGIN
  SELECT height INTO here FROM scans WHERE chain = of_chain FOR SHARE;
  INSERT INTO addresses (chain, reference, address, own, birth_height, key, child, catch_up_from, catch_up_to)
    VALUES (of_chain, with_reference, at_address, is_own, from_birth, of_key, as_child,
            CASE WHEN NOT fresh AND from_birth <= here THEN from_birth END,
            CASE WHEN NOT fresh AND from_birth <= here THEN here END)
    ON CONFLICT DO NOTHING;
  IF FOUND THEN
    UPDATE derivations SET next = greatest(next, as_child + 1) WHERE key = of_key;
    status := 'watched';
    address := at_address;
    birth_height := from_birth;
    RETURN;
  END IF;
  SELECT * INTO known FROM addresses a WHERE a.chain = of_chain AND a.reference = with_reference;
  status := CASE WHEN known.chain IS NULL THEN 'taken'
                 WHEN known.address <> at_address AND of_key IS NULL THEN 'other_address' ELSE 'known' END;
  address := known.address;
  birth_height := known.birth_height;
END
$$;

GRANT USAGE ON SCHEMA chain TO pitboss_chain_agent;
GRANT SELECT ON chain.scans, chain.addresses, chain.deposits TO pitboss_chain_agent;
GRANT EXECUTE ON FUNCTION chain.begin_scan, chain.read_block, chain.settle_scan, chain.undo_blocks, chain.behind, chain.catch_up,
  chain.next_child, chain.watch_address TO pitboss_chain_agent;
