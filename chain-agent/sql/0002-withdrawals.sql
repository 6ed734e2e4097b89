-- Money that goes out. One withdrawal keeps one nonce, or one set of inputs, for ever: whatever is signed for it spends that,
-- so the chain lets at most one transaction of it through. Nothing here changes a nonce, an input or a body once it is
-- stored. Locks in this order: a sender's row, withdrawals, the chain's row of changes.

CREATE TABLE chain.senders (
  chain text NOT NULL,
  sender text NOT NULL,
  next_nonce bigint NOT NULL CHECK (next_nonce >= 0),
  PRIMARY KEY (chain, sender)
);

CREATE TABLE chain.withdrawals (
  chain text NOT NULL,
  withdrawal_id text NOT NULL CHECK (length(withdrawal_id) BETWEEN 1 AND 128),
  asset text NOT NULL,
  amount numeric(78, 0) NOT NULL CHECK (amount BETWEEN 1 AND 1e78),
  sender text NOT NULL,
  destination text NOT NULL,
  -- NULL where the chain has none, and where it was rejected.
  nonce bigint,
  state text NOT NULL CHECK (state IN
    ('ACCEPTED', 'BROADCAST', 'MINED', 'FINALIZED', 'FAILED', 'CANCELLED', 'NEEDS_ATTENTION', 'REJECTED')),
  revision bigint NOT NULL,
  sequence bigint NOT NULL,
  -- It shall be cancelled: from now on only cancelling transactions are signed for it.
  cancelling boolean NOT NULL DEFAULT false,
  -- It shall be sent again with a higher fee: at least this rate, 0 for the least that nodes take.
  wanted_rate numeric(78, 0),
  message text NOT NULL DEFAULT '',
  transaction_hash text,
  height bigint,
  block_hash text,
  fee numeric(78, 0),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (chain, withdrawal_id),
  UNIQUE (chain, sender, nonce),
  UNIQUE (chain, sequence),
  CHECK ((transaction_hash IS NULL) = (height IS NULL) AND (height IS NULL) = (block_hash IS NULL)),
  CHECK (state NOT IN ('MINED', 'FINALIZED', 'CANCELLED') OR height IS NOT NULL),
  CHECK (state <> 'REJECTED' OR nonce IS NULL)
);

CREATE INDEX withdrawals_open ON chain.withdrawals (chain, sender, nonce, created_at)
  WHERE state IN ('ACCEPTED', 'BROADCAST', 'MINED', 'NEEDS_ATTENTION');

-- Every transaction that was ever signed for a withdrawal, stored before any node sees it.
CREATE TABLE chain.candidates (
  chain text NOT NULL,
  withdrawal_id text NOT NULL,
  number integer NOT NULL CHECK (number >= 1),
  transaction_hash text NOT NULL,
  raw text NOT NULL,
  fee_rate numeric(78, 0) NOT NULL,
  tip numeric(78, 0) NOT NULL,
  cancels boolean NOT NULL,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  sent_at timestamptz,
  PRIMARY KEY (chain, withdrawal_id, number),
  UNIQUE (chain, transaction_hash),
  FOREIGN KEY (chain, withdrawal_id) REFERENCES chain.withdrawals
);

-- Coins that a withdrawal spends, on chains without nonces. A coin belongs to one withdrawal, for ever.
CREATE TABLE chain.inputs (
  chain text NOT NULL,
  -- transaction:output
  coin text NOT NULL,
  withdrawal_id text NOT NULL,
  amount numeric(78, 0) NOT NULL,
  PRIMARY KEY (chain, coin),
  FOREIGN KEY (chain, withdrawal_id) REFERENCES chain.withdrawals
);

CREATE INDEX inputs_by_withdrawal ON chain.inputs (chain, withdrawal_id);

-- Who works: one replica for each chain and sender. It saves work; what protects the money is unique above.
CREATE TABLE chain.leases (
  chain text NOT NULL,
  name text NOT NULL,
  holder text NOT NULL,
  until timestamptz NOT NULL,
  PRIMARY KEY (chain, name)
);

-- The number of the last change. Its lock makes changes commit in their order, so that a reader misses none.
CREATE TABLE chain.changes (
  chain text PRIMARY KEY,
  sequence bigint NOT NULL
);

-- Every change of a withdrawal has the next revision of it, and the next number of all changes.
CREATE FUNCTION chain.number_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = chain, pg_temp AS $$
BEGIN
  INSERT INTO changes AS c (chain, sequence) VALUES (NEW.chain, 1)
    ON CONFLICT (chain) DO UPDATE SET sequence = c.sequence + 1 RETURNING sequence INTO NEW.sequence;
  NEW.revision := CASE TG_OP WHEN 'INSERT' THEN 1 ELSE OLD.revision + 1 END;
  NEW.updated_at := clock_timestamp();
  RETURN NEW;
END
$$;

CREATE TRIGGER number_change BEFORE INSERT OR UPDATE ON chain.withdrawals
  FOR EACH ROW EXECUTE FUNCTION chain.number_change();

-- Stores a withdrawal and, in the same transaction, the nonce that it has for ever. `first_nonce` is what the chain says of a
-- sender who is new here; `refusal` stores it as rejected. status: stored, existing, other_body, needs_nonce (say it).
CREATE FUNCTION chain.submit_withdrawal(
  of_chain text, with_id text, of_asset text, of_amount numeric, to_destination text, from_sender text,
  numbered boolean, first_nonce bigint, refusal text
) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = chain, pg_temp AS $$
DECLARE
  known withdrawals; given bigint;
BEGIN
  SELECT * INTO known FROM withdrawals WHERE chain = of_chain AND withdrawal_id = with_id;
  IF NOT FOUND THEN
    IF numbered AND refusal IS NULL THEN
      IF first_nonce IS NOT NULL THEN
        INSERT INTO senders VALUES (of_chain, from_sender, first_nonce) ON CONFLICT DO NOTHING;
      END IF;
      SELECT next_nonce INTO given FROM senders WHERE chain = of_chain AND sender = from_sender FOR UPDATE;
      IF NOT FOUND THEN
        RETURN 'needs_nonce';
      END IF;
    END IF;
    INSERT INTO withdrawals (chain, withdrawal_id, asset, amount, sender, destination, nonce, state, message)
      VALUES (of_chain, with_id, of_asset, of_amount, from_sender, to_destination, given,
              CASE WHEN refusal IS NULL THEN 'ACCEPTED' ELSE 'REJECTED' END, coalesce(refusal, ''))
      ON CONFLICT (chain, withdrawal_id) DO NOTHING;
    IF FOUND THEN
      UPDATE senders SET next_nonce = next_nonce + 1 WHERE chain = of_chain AND sender = from_sender AND given IS NOT NULL;
      RETURN 'stored';
    END IF;
    SELECT * INTO known FROM withdrawals WHERE chain = of_chain AND withdrawal_id = with_id;
  END IF;
  RETURN CASE WHEN (known.asset, known.amount, known.destination) = (of_asset, of_amount, to_destination)
              THEN 'existing' ELSE 'other_body' END;
END
$$;

-- Locks a withdrawal that is not over; NULL where it is, or where it is not there.
CREATE FUNCTION chain.hold_open(of_chain text, of_id text) RETURNS chain.withdrawals
LANGUAGE plpgsql SET search_path = chain, pg_temp AS $$
DECLARE
  held withdrawals;
BEGIN
  SELECT * INTO held FROM withdrawals WHERE chain = of_chain AND withdrawal_id = of_id
     AND state IN ('ACCEPTED', 'BROADCAST', 'MINED', 'NEEDS_ATTENTION') FOR UPDATE;
  RETURN held;
END
$$;

-- Reserves final coins of the wallet for a withdrawal that has none. False: it has some, or one of these is not free.
CREATE FUNCTION chain.reserve_inputs(of_chain text, of_id text, coins text[]) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = chain, pg_temp AS $$
DECLARE
  held withdrawals := hold_open(of_chain, of_id); reserved integer;
BEGIN
  IF held.chain IS NULL OR EXISTS (SELECT FROM inputs WHERE chain = of_chain AND withdrawal_id = of_id) THEN
    RETURN false;
  END IF;
  INSERT INTO inputs (chain, coin, withdrawal_id, amount)
    SELECT of_chain, d.transaction_hash || ':' || d.output, of_id, d.amount FROM deposits d
     WHERE d.chain = of_chain AND d.own AND d.state = 'FINALIZED' AND d.address = held.sender
       AND d.transaction_hash || ':' || d.output = ANY (coins)
    ON CONFLICT DO NOTHING;
  GET DIAGNOSTICS reserved = ROW_COUNT;
  IF reserved <> cardinality(coins) THEN
    DELETE FROM inputs WHERE chain = of_chain AND withdrawal_id = of_id;
    RETURN false;
  END IF;
  RETURN true;
END
$$;

-- Stores a signed transaction before it is sent: number n, if n - 1 are there and the lease is the caller's. Once one that
-- cancels is stored, none that pays is.
CREATE FUNCTION chain.add_candidate(
  of_chain text, of_id text, as_number integer, with_hash text, signed text, at_rate numeric, with_tip numeric,
  it_cancels boolean, lease text, by_holder text
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = chain, pg_temp AS $$
DECLARE
  held withdrawals := hold_open(of_chain, of_id);
BEGIN
  IF held.chain IS NULL OR held.state = 'MINED' OR held.cancelling <> it_cancels
     OR as_number <> 1 + (SELECT count(*) FROM candidates WHERE chain = of_chain AND withdrawal_id = of_id)
     OR NOT EXISTS (SELECT FROM leases WHERE chain = of_chain AND name = lease AND holder = by_holder AND until > clock_timestamp()) THEN
    RETURN false;
  END IF;
  INSERT INTO candidates (chain, withdrawal_id, number, transaction_hash, raw, fee_rate, tip, cancels)
    VALUES (of_chain, of_id, as_number, with_hash, signed, at_rate, with_tip, it_cancels);
  UPDATE withdrawals SET wanted_rate = NULL WHERE chain = of_chain AND withdrawal_id = of_id;
  RETURN true;
END
$$;

-- A higher fee is wanted. False where it is mined or over.
CREATE FUNCTION chain.want_fee(of_chain text, of_id text, at_rate numeric) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = chain, pg_temp AS $$
DECLARE
  held withdrawals := hold_open(of_chain, of_id);
BEGIN
  IF held.chain IS NULL OR held.state = 'MINED' THEN
    RETURN false;
  END IF;
  UPDATE withdrawals SET wanted_rate = at_rate WHERE chain = of_chain AND withdrawal_id = of_id;
  RETURN true;
END
$$;

-- From now on it is to be cancelled; what has neither nonce nor inputs is over at once. False where it is mined or over.
CREATE FUNCTION chain.want_cancelled(of_chain text, of_id text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = chain, pg_temp AS $$
DECLARE
  held withdrawals := hold_open(of_chain, of_id);
BEGIN
  IF held.chain IS NULL OR held.state = 'MINED' THEN
    RETURN false;
  END IF;
  UPDATE withdrawals SET state = 'REJECTED', message = 'cancelled before it was given any coins'
   WHERE chain = of_chain AND withdrawal_id = of_id AND nonce IS NULL
     AND NOT EXISTS (SELECT FROM inputs WHERE chain = of_chain AND withdrawal_id = of_id);
  UPDATE withdrawals SET cancelling = true
   WHERE chain = of_chain AND withdrawal_id = of_id AND NOT cancelling AND state <> 'REJECTED';
  RETURN true;
END
$$;

-- A node has taken candidate `of_number`.
CREATE FUNCTION chain.note_sent(of_chain text, of_id text, of_number integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = chain, pg_temp AS $$
BEGIN
  UPDATE candidates SET sent_at = clock_timestamp() WHERE chain = of_chain AND withdrawal_id = of_id AND number = of_number;
  UPDATE withdrawals SET state = 'BROADCAST', message = ''
   WHERE chain = of_chain AND withdrawal_id = of_id AND state = 'ACCEPTED';
END
$$;

-- Notes where a withdrawal stands on the chain. Nothing leaves FINALIZED, FAILED, CANCELLED or REJECTED; a mined transaction
-- is one of its candidates, and pays or cancels as the state says. False where nothing changed.
CREATE FUNCTION chain.move_withdrawal(
  of_chain text, of_id text, to_state text, mined text, at_height bigint, at_hash text, for_fee numeric, why text
) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = chain, pg_temp AS $$
DECLARE
  held withdrawals := hold_open(of_chain, of_id); winner candidates;
BEGIN
  IF held.chain IS NULL OR (held.state, held.transaction_hash, held.block_hash, held.message)
       IS NOT DISTINCT FROM (to_state, mined, at_hash, why) THEN
    RETURN false;
  END IF;
  IF mined IS NOT NULL THEN
    SELECT * INTO winner FROM candidates WHERE chain = of_chain AND withdrawal_id = of_id AND transaction_hash = mined;
  END IF;
  IF (to_state IN ('MINED', 'FINALIZED', 'FAILED', 'CANCELLED')) <> (winner.chain IS NOT NULL)
     OR (to_state IN ('FINALIZED', 'FAILED') AND winner.cancels) OR (to_state = 'CANCELLED' AND NOT winner.cancels) THEN
    RAISE EXCEPTION 'withdrawal % cannot be % by %', of_id, to_state, mined USING ERRCODE = 'check_violation';
  END IF;
  UPDATE withdrawals SET
    state = to_state, transaction_hash = mined, height = at_height, block_hash = at_hash, fee = for_fee, message = why
   WHERE chain = of_chain AND withdrawal_id = of_id;
  RETURN true;
END
$$;

-- Lends a name to one holder for some seconds: true where he has it now.
CREATE FUNCTION chain.take_lease(of_chain text, of_name text, to_holder text, seconds numeric) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = chain, pg_temp AS $$
BEGIN
  INSERT INTO leases AS l (chain, name, holder, until)
    VALUES (of_chain, of_name, to_holder, clock_timestamp() + make_interval(secs => least(seconds, 60)::float))
    ON CONFLICT (chain, name) DO UPDATE SET holder = excluded.holder, until = excluded.until
      WHERE l.holder = excluded.holder OR l.until < clock_timestamp();
  RETURN FOUND;
END
$$;

CREATE FUNCTION chain.leave_lease(of_chain text, of_name text, of_holder text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = chain, pg_temp AS $$
  DELETE FROM leases WHERE chain = of_chain AND name = of_name AND holder = of_holder;
$$;

-- A person has seen that no transaction of a withdrawal can ever be mined (its nonce was spent by another, long ago): the
-- caller may refund it. For the operator's role alone.
CREATE FUNCTION chain.give_up(of_chain text, of_id text, why text) RETURNS boolean
LANGUAGE plpgsql SET search_path = chain, pg_temp AS $$
BEGIN
  UPDATE withdrawals SET state = 'FAILED', message = why
   WHERE chain = of_chain AND withdrawal_id = of_id AND state = 'NEEDS_ATTENTION';
  RETURN FOUND;
END
$$;

GRANT SELECT ON chain.senders, chain.withdrawals, chain.candidates, chain.inputs, chain.leases, chain.changes
  TO pitboss_chain_agent;
GRANT EXECUTE ON FUNCTION chain.submit_withdrawal, chain.reserve_inputs, chain.add_candidate, chain.want_fee, chain.want_cancelled,
  chain.note_sent, chain.move_withdrawal, chain.take_lease, chain.leave_lease TO pitboss_chain_agent;
