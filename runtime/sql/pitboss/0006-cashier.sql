-- Money that comes from chains and goes to them. The chain agents say what happened there; here it becomes entries of the
-- ledger, once each. Locks in this order: a stream's row, deposits or withdrawals by id, balances by player and currency.

-- What can be paid in and out, as the Chain objects say. The smallest unit of an asset is the currency's minor unit, so
-- that nothing is ever rounded.
CREATE TABLE pitboss.chain_assets (
  -- The Chain object, namespace/name.
  chain text NOT NULL CHECK (length(chain) BETWEEN 1 AND 255),
  -- CAIP-19, such as eip155:1/slip44:60.
  asset text NOT NULL CHECK (length(asset) BETWEEN 1 AND 255),
  currency text NOT NULL REFERENCES pitboss.currencies,
  min_withdrawal numeric(38, 0) NOT NULL CHECK (min_withdrawal > 0),
  -- An asset that is listed no more takes no new addresses and withdrawals; what still arrives is credited.
  listed boolean NOT NULL,
  PRIMARY KEY (chain, asset),
  UNIQUE (chain, currency)
);

CREATE TABLE pitboss.deposit_addresses (
  -- The name by which the agent makes the address: the same again when it is asked again.
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  player text NOT NULL CHECK (length(player) BETWEEN 1 AND 255),
  chain text NOT NULL,
  asset text NOT NULL,
  -- NULL until the agent has answered.
  address text CHECK (length(address) BETWEEN 1 AND 255),
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (player, chain, asset),
  UNIQUE (chain, address),
  FOREIGN KEY (chain, asset) REFERENCES pitboss.chain_assets
);

-- How far this ledger has read what an agent tells. A cursor moves in the transaction of what it stands for.
CREATE TABLE pitboss.chain_streams (
  chain text NOT NULL,
  stream text NOT NULL CHECK (stream IN ('deposits', 'withdrawals')),
  cursor text NOT NULL DEFAULT '',
  -- For confirmations: the highest block that the agent has looked into.
  scanned_to bigint NOT NULL DEFAULT 0,
  -- The lobby that reads it now. A guard against waste only; the cursor is what protects.
  holder text,
  held_until timestamptz,
  PRIMARY KEY (chain, stream)
);

CREATE TABLE pitboss.chain_deposits (
  id uuid NOT NULL UNIQUE DEFAULT uuidv7(),
  chain text NOT NULL,
  -- The agent's name for it: chain/transaction/output.
  deposit text NOT NULL CHECK (length(deposit) BETWEEN 1 AND 255),
  revision bigint NOT NULL,
  -- held: it is final and cannot be credited; `reason` says why, and a person decides.
  state text NOT NULL CHECK (state IN ('pending', 'reorged', 'credited', 'held')),
  reason text,
  address text NOT NULL,
  -- NULL where nobody was given the address, or where the asset is not listed.
  player text,
  asset text NOT NULL,
  currency text,
  amount numeric(78, 0) NOT NULL CHECK (amount BETWEEN 1 AND 1e78),
  transaction text NOT NULL,
  height bigint NOT NULL,
  transfer uuid UNIQUE,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  credited_at timestamptz,
  PRIMARY KEY (chain, deposit),
  CHECK ((state = 'credited') = (transfer IS NOT NULL)),
  CHECK (state <> 'credited' OR (player IS NOT NULL AND currency IS NOT NULL))
);

CREATE INDEX chain_deposits_by_player ON pitboss.chain_deposits (player, id);

-- A row in state requested is the outbox: it is sent to the agent by its id until the agent has acknowledged it.
CREATE TABLE pitboss.chain_withdrawals (
  id uuid PRIMARY KEY DEFAULT uuidv7(),
  player text NOT NULL,
  key text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
  -- SHA-256 of the canonical request.
  hash bytea NOT NULL CHECK (length(hash) = 32),
  chain text NOT NULL,
  asset text NOT NULL,
  currency text NOT NULL,
  amount numeric(38, 0) NOT NULL CHECK (amount > 0),
  destination text NOT NULL CHECK (length(destination) BETWEEN 1 AND 255),
  state text NOT NULL DEFAULT 'requested'
    CHECK (state IN ('requested', 'submitted', 'mined', 'attention', 'completed', 'refunded')),
  -- The agent's; 0 before it has answered.
  revision bigint NOT NULL DEFAULT 0,
  reason text,
  transaction text,
  height bigint,
  debit uuid NOT NULL UNIQUE,
  refund uuid UNIQUE,
  created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (player, key),
  FOREIGN KEY (chain, asset) REFERENCES pitboss.chain_assets,
  CHECK ((state = 'refunded') = (refund IS NOT NULL))
);

CREATE INDEX chain_withdrawals_by_player ON pitboss.chain_withdrawals (player, id);
CREATE INDEX chain_outbox ON pitboss.chain_withdrawals (chain, id) WHERE state = 'requested';

-- For the operator: what a Chain object lists. [{asset, currency, minWithdrawal?}]; status: saved, unknown_currency,
-- currency_fixed (an asset keeps its currency, and a currency its asset, for as long as the Chain has rows).
CREATE FUNCTION pitboss.save_chain_assets(of_chain text, assets jsonb) RETURNS jsonb
LANGUAGE plpgsql SET search_path = pitboss, pg_temp AS $$
DECLARE
  wrong text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('chain assets ' || of_chain, 0));
  SELECT a.currency INTO wrong FROM jsonb_to_recordset(assets) AS a (currency text)
   WHERE NOT EXISTS (SELECT FROM currencies c WHERE c.code = a.currency) LIMIT 1;
  IF FOUND THEN
    RETURN jsonb_build_object('status', 'unknown_currency', 'currency', wrong);
  END IF;
  SELECT a.currency INTO wrong
    FROM jsonb_to_recordset(assets) AS a (asset text, currency text)
    JOIN chain_assets known ON known.chain = of_chain AND (known.asset = a.asset) <> (known.currency = a.currency) LIMIT 1;
  IF FOUND THEN
    RETURN jsonb_build_object('status', 'currency_fixed', 'currency', wrong);
  END IF;
  UPDATE chain_assets SET listed = false
   WHERE chain = of_chain AND listed AND asset NOT IN (SELECT a.asset FROM jsonb_to_recordset(assets) AS a (asset text));
  INSERT INTO chain_assets AS known (chain, asset, currency, min_withdrawal, listed)
    SELECT of_chain, a.asset, a.currency, coalesce(a."minWithdrawal", 1), true
      FROM jsonb_to_recordset(assets) AS a (asset text, currency text, "minWithdrawal" numeric)
    ON CONFLICT (chain, asset) DO UPDATE SET min_withdrawal = excluded.min_withdrawal, listed = true
      WHERE (known.min_withdrawal, known.listed) IS DISTINCT FROM (excluded.min_withdrawal, true);
  RETURN '{"status": "saved"}';
END
$$;

-- The listed assets in a currency, on one Chain or, where that is NULL, on all.
CREATE FUNCTION pitboss.assets_in(of_currency text, on_chain text)
RETURNS TABLE (chain text, asset text, min_withdrawal numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pitboss, pg_temp AS $$
  SELECT chain, asset, min_withdrawal FROM chain_assets
   WHERE currency = of_currency AND listed AND (on_chain IS NULL OR chain = on_chain) ORDER BY chain, asset;
$$;

-- The player's row for an asset, made at the first call; the address is NULL until keep_address has been told it.
CREATE FUNCTION pitboss.address_of(of_player text, on_chain text, of_asset text, OUT id uuid, OUT address text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pitboss, pg_temp AS $$
BEGIN
  INSERT INTO deposit_addresses (player, chain, asset) VALUES (of_player, on_chain, of_asset) ON CONFLICT DO NOTHING;
  SELECT a.id, a.address INTO id, address FROM deposit_addresses a
   WHERE a.player = of_player AND a.chain = on_chain AND a.asset = of_asset;
END
$$;

-- Keeps the address that the agent made for a row. An address is never changed: the one that is kept is answered.
CREATE FUNCTION pitboss.keep_address(of_row uuid, made text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pitboss, pg_temp AS $$
BEGIN
  UPDATE deposit_addresses SET address = made WHERE id = of_row AND address IS NULL;
  RETURN (SELECT address FROM deposit_addresses WHERE id = of_row);
END
$$;

-- Lends a stream to one lobby for some seconds: true where `to_holder` has it now.
CREATE FUNCTION pitboss.hold_stream(of_chain text, of_stream text, to_holder text, seconds integer) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pitboss, pg_temp AS $$
BEGIN
  INSERT INTO chain_streams (chain, stream) VALUES (of_chain, of_stream) ON CONFLICT DO NOTHING;
  UPDATE chain_streams SET holder = to_holder, held_until = clock_timestamp() + make_interval(secs => least(seconds, 60))
   WHERE chain = of_chain AND stream = of_stream
     AND (holder IS NULL OR holder = to_holder OR held_until < clock_timestamp());
  RETURN FOUND;
END
$$;

-- Gives it back, so that another need not wait.
CREATE FUNCTION pitboss.leave_stream(of_chain text, of_stream text, of_holder text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pitboss, pg_temp AS $$
  UPDATE chain_streams SET holder = NULL, held_until = NULL
   WHERE chain = of_chain AND stream = of_stream AND holder = of_holder;
$$;

CREATE FUNCTION pitboss.stream_cursor(of_chain text, of_stream text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pitboss, pg_temp AS $$
  SELECT coalesce((SELECT cursor FROM chain_streams WHERE chain = of_chain AND stream = of_stream), '');
$$;

-- Takes the stream's row for this transaction. NULL where it is at `from_cursor`; else where it is: somebody else has read
-- on, and what the caller holds may be old.
CREATE FUNCTION pitboss.open_stream(of_chain text, of_stream text, from_cursor text) RETURNS text
LANGUAGE plpgsql SET search_path = pitboss, pg_temp AS $$
DECLARE
  stands text;
BEGIN
  INSERT INTO chain_streams (chain, stream) VALUES (of_chain, of_stream) ON CONFLICT DO NOTHING;
  SELECT cursor INTO stands FROM chain_streams WHERE chain = of_chain AND stream = of_stream FOR UPDATE;
  RETURN CASE WHEN stands <> from_cursor THEN stands END;
END
$$;

-- Moves an amount between a chain's account and a player's: to the player where it is positive. NULL where the balance
-- does not cover it, or would be too large.
CREATE FUNCTION pitboss.move_over_chain(
  of_chain text, for_player text, in_currency text, by_amount numeric, as_kind text, by_reference text
) RETURNS uuid
LANGUAGE plpgsql SET search_path = pitboss, pg_temp AS $$
DECLARE
  player_account bigint; chain_account bigint; transfer uuid := uuidv7();
BEGIN
  IF by_amount > 0 THEN
    PERFORM open_balance(for_player, in_currency);
  END IF;
  UPDATE balances b SET balance = b.balance + by_amount
   WHERE b.player = for_player AND b.currency = in_currency AND b.balance + by_amount BETWEEN 0 AND 1e36
   RETURNING b.account INTO player_account;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  INSERT INTO accounts (kind, name, currency) VALUES ('chain', of_chain, in_currency) ON CONFLICT DO NOTHING;
  SELECT id INTO chain_account FROM accounts WHERE kind = 'chain' AND name = of_chain AND currency = in_currency;
  INSERT INTO transfers (id, debit, credit, player, currency, amount, kind, reference, created_at) VALUES (
    transfer, CASE WHEN by_amount > 0 THEN chain_account ELSE player_account END,
    CASE WHEN by_amount > 0 THEN player_account ELSE chain_account END,
    player_account, in_currency, abs(by_amount), as_kind, by_reference, clock_timestamp());
  RETURN transfer;
END
$$;

-- Takes what the stream of deposits said after `from_cursor`: [{deposit, revision, state, address, asset, amount,
-- transaction, height}], state one of pending, reorged, final; `up_to` is the block that the agent has read by then, where it
-- says so. status: taken, moved (`stands` is where the stream is).
-- `contradicted`: deposits that were credited as final and are told otherwise now; a person must look.
CREATE FUNCTION pitboss.take_deposits(
  of_chain text, from_cursor text, items jsonb, to_cursor text, up_to bigint,
  OUT status text, OUT stands text, OUT credited integer, OUT held text[], OUT contradicted text[]
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pitboss, pg_temp AS $$
DECLARE
  item record; kept chain_deposits;
BEGIN
  credited := 0;
  held := '{}';
  contradicted := '{}';
  stands := open_stream(of_chain, 'deposits', from_cursor);
  IF stands IS NOT NULL THEN
    status := 'moved';
    RETURN;
  END IF;
  FOR item IN
    SELECT i.*, a.player, c.currency
      FROM jsonb_to_recordset(items) AS i (
        deposit text, revision bigint, state text, address text, asset text, amount numeric, transaction text, height bigint)
      LEFT JOIN deposit_addresses a ON a.chain = of_chain AND a.address = i.address
      LEFT JOIN chain_assets c ON c.chain = of_chain AND c.asset = i.asset
     ORDER BY a.player, c.currency, i.deposit, i.revision
  LOOP
    INSERT INTO chain_deposits AS d
      (chain, deposit, revision, state, address, player, asset, currency, amount, transaction, height)
      VALUES (of_chain, item.deposit, item.revision, CASE item.state WHEN 'reorged' THEN 'reorged' ELSE 'pending' END,
              item.address, item.player, item.asset, item.currency, item.amount, item.transaction, item.height)
      ON CONFLICT (chain, deposit) DO UPDATE SET
        revision = excluded.revision, state = excluded.state, reason = NULL, address = excluded.address,
        player = excluded.player, asset = excluded.asset, currency = excluded.currency, amount = excluded.amount,
        transaction = excluded.transaction, height = excluded.height
        WHERE d.revision < excluded.revision AND d.transfer IS NULL
      RETURNING * INTO kept;
    IF NOT FOUND THEN
      -- It was told before, or it is credited already.
      SELECT * INTO kept FROM chain_deposits WHERE chain = of_chain AND deposit = item.deposit;
      IF item.revision > kept.revision
         AND (item.state, item.address, item.asset, item.amount) <> ('final', kept.address, kept.asset, kept.amount) THEN
        contradicted := contradicted || item.deposit;
      END IF;
    ELSIF item.state = 'final' THEN
      IF credit_deposit(kept) THEN
        credited := credited + 1;
      ELSE
        held := held || item.deposit;
      END IF;
    END IF;
  END LOOP;
  UPDATE chain_streams SET cursor = to_cursor, scanned_to = coalesce(up_to, scanned_to)
   WHERE chain = of_chain AND stream = 'deposits';
  status := 'taken';
END
$$;

-- Credits a final deposit to whom the address was given; where that cannot be, holds it for a person.
CREATE FUNCTION pitboss.credit_deposit(d pitboss.chain_deposits) RETURNS boolean
LANGUAGE plpgsql SET search_path = pitboss, pg_temp AS $$
DECLARE
  made uuid; fault text;
BEGIN
  fault := CASE
    WHEN d.player IS NULL THEN 'the address was given to nobody'
    WHEN d.currency IS NULL THEN 'the asset stands for no currency'
    WHEN d.amount > 1e30 THEN 'the amount is beyond all bounds' END;
  IF fault IS NULL THEN
    made := move_over_chain(d.chain, d.player, d.currency, d.amount, 'deposit', d.deposit);
    IF made IS NULL THEN
      fault := 'the balance would be beyond all bounds';
    END IF;
  END IF;
  UPDATE chain_deposits SET
    state = CASE WHEN made IS NULL THEN 'held' ELSE 'credited' END, reason = fault,
    transfer = made, credited_at = CASE WHEN made IS NOT NULL THEN clock_timestamp() END
   WHERE chain = d.chain AND deposit = d.deposit;
  RETURN made IS NOT NULL;
END
$$;

-- Debits a player and puts the withdrawal into the outbox. status: created, replayed, idempotency_mismatch,
-- insufficient_funds, unknown_asset, amount_limit. A refusal stores nothing.
CREATE FUNCTION pitboss.request_withdrawal(
  for_player text, with_key text, with_hash bytea, on_chain text, of_asset text, by_amount numeric, to_destination text,
  OUT status text, OUT withdrawal uuid
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pitboss, pg_temp AS $$
DECLARE
  known chain_withdrawals; terms chain_assets; made uuid;
BEGIN
  SELECT * INTO known FROM chain_withdrawals WHERE player = for_player AND key = with_key;
  IF NOT FOUND THEN
    SELECT * INTO terms FROM chain_assets WHERE chain = on_chain AND asset = of_asset AND listed;
    status := CASE
      WHEN terms.chain IS NULL THEN 'unknown_asset'
      WHEN by_amount <> trunc(by_amount) OR by_amount < terms.min_withdrawal OR by_amount > 1e30 THEN 'amount_limit' END;
    IF status IS NOT NULL THEN
      RETURN;
    END IF;
    withdrawal := uuidv7();
    -- Waits for another request with this key, so that exactly one of them debits.
    INSERT INTO chain_withdrawals (id, player, key, hash, chain, asset, currency, amount, destination, debit)
      VALUES (withdrawal, for_player, with_key, with_hash, on_chain, of_asset, terms.currency, by_amount, to_destination, uuidv7())
      ON CONFLICT DO NOTHING;
    IF FOUND THEN
      made := move_over_chain(on_chain, for_player, terms.currency, -by_amount, 'withdrawal', withdrawal::text);
      IF made IS NULL THEN
        DELETE FROM chain_withdrawals WHERE id = withdrawal;
        withdrawal := NULL;
        status := 'insufficient_funds';
        RETURN;
      END IF;
      UPDATE chain_withdrawals SET debit = made WHERE id = withdrawal;
      PERFORM pg_notify('pitboss_withdrawals', on_chain);
      status := 'created';
      RETURN;
    END IF;
    SELECT * INTO known FROM chain_withdrawals WHERE player = for_player AND key = with_key;
  END IF;
  status := CASE WHEN known.hash = with_hash THEN 'replayed' ELSE 'idempotency_mismatch' END;
  withdrawal := CASE WHEN known.hash = with_hash THEN known.id END;
END
$$;

-- What the agent has not acknowledged yet, oldest first.
CREATE FUNCTION pitboss.withdrawals_to_submit(of_chain text, at_most integer)
RETURNS TABLE (id uuid, asset text, amount numeric, destination text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pitboss, pg_temp AS $$
  SELECT id, asset, amount, destination FROM chain_withdrawals
   WHERE chain = of_chain AND state = 'requested' ORDER BY id LIMIT least(at_most, 100);
$$;

-- Takes what the agent says of withdrawals: [{id, revision, state, transaction, height, reason}], state one of submitted,
-- mined, attention, completed, impossible. Impossible means that no transaction of it can ever be mined: only then does
-- the player get the money back, once. What is completed or refunded stays so.
CREATE FUNCTION pitboss.follow_withdrawals(of_chain text, items jsonb, OUT refunded integer, OUT contradicted text[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pitboss, pg_temp AS $$
DECLARE
  item record; made uuid;
BEGIN
  refunded := 0;
  contradicted := '{}';
  PERFORM FROM chain_withdrawals w JOIN jsonb_to_recordset(items) AS i (id uuid) ON i.id = w.id
    ORDER BY w.id FOR UPDATE OF w;
  FOR item IN
    SELECT i.*, w.state AS was, w.player, w.currency, w.amount
      FROM jsonb_to_recordset(items) AS i (id uuid, revision bigint, state text, transaction text, height bigint, reason text)
      JOIN chain_withdrawals w ON w.id = i.id
     WHERE w.chain = of_chain AND i.revision > w.revision ORDER BY w.player, w.currency, w.id, i.revision
  LOOP
    IF item.was IN ('completed', 'refunded') THEN
      IF (item.was = 'completed') <> (item.state = 'completed') THEN
        contradicted := contradicted || item.id::text;
      END IF;
      CONTINUE;
    END IF;
    made := NULL;
    IF item.state = 'impossible' THEN
      made := move_over_chain(of_chain, item.player, item.currency, item.amount, 'refund', item.id::text);
      IF made IS NULL THEN
        RAISE EXCEPTION 'withdrawal % cannot be refunded: the balance would be beyond all bounds', item.id;
      END IF;
      refunded := refunded + 1;
    END IF;
    UPDATE chain_withdrawals SET
      state = CASE item.state WHEN 'impossible' THEN 'refunded' ELSE item.state END, revision = item.revision, refund = made,
      reason = item.reason, transaction = item.transaction, height = item.height, updated_at = clock_timestamp()
     WHERE id = item.id AND state NOT IN ('completed', 'refunded') AND revision < item.revision;
  END LOOP;
END
$$;

-- The same for the stream of withdrawals, together with its cursor. status: taken, moved.
CREATE FUNCTION pitboss.take_withdrawals(
  of_chain text, from_cursor text, items jsonb, to_cursor text,
  OUT status text, OUT stands text, OUT refunded integer, OUT contradicted text[]
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pitboss, pg_temp AS $$
BEGIN
  stands := open_stream(of_chain, 'withdrawals', from_cursor);
  IF stands IS NOT NULL THEN
    status := 'moved';
    RETURN;
  END IF;
  SELECT f.refunded, f.contradicted INTO refunded, contradicted FROM follow_withdrawals(of_chain, items) f;
  UPDATE chain_streams SET cursor = to_cursor WHERE chain = of_chain AND stream = 'withdrawals';
  status := 'taken';
END
$$;

-- A player's deposits, newest first, those older than `before` where it is given.
CREATE FUNCTION pitboss.deposits(of_player text, before uuid, at_most integer)
RETURNS TABLE (
  id uuid, chain text, asset text, currency text, digits smallint, amount numeric, address text, transaction text,
  state text, confirmations bigint, created_at timestamptz, credited_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pitboss, pg_temp AS $$
  SELECT d.id, d.chain, d.asset, d.currency, c.digits, d.amount, d.address, d.transaction, d.state,
         CASE WHEN d.state = 'reorged' THEN 0 ELSE greatest(coalesce(s.scanned_to, 0) - d.height + 1, 0) END,
         d.created_at, d.credited_at
    FROM chain_deposits d
    JOIN currencies c ON c.code = d.currency
    LEFT JOIN chain_streams s ON s.chain = d.chain AND s.stream = 'deposits'
   WHERE d.player = of_player AND (before IS NULL OR d.id < before) ORDER BY d.id DESC LIMIT least(at_most, 200);
$$;

-- A player's withdrawals: one, or a page of them, newest first.
CREATE FUNCTION pitboss.withdrawals(of_player text, just_one uuid, before uuid, at_most integer)
RETURNS TABLE (
  id uuid, chain text, asset text, currency text, digits smallint, amount numeric, destination text, transaction text,
  state text, reason text, confirmations bigint, created_at timestamptz, updated_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pitboss, pg_temp AS $$
  SELECT w.id, w.chain, w.asset, w.currency, c.digits, w.amount, w.destination, w.transaction, w.state, w.reason,
         CASE WHEN w.height IS NULL THEN 0 ELSE greatest(coalesce(s.scanned_to, 0) - w.height + 1, 0) END,
         w.created_at, w.updated_at
    FROM chain_withdrawals w
    JOIN currencies c ON c.code = w.currency
    LEFT JOIN chain_streams s ON s.chain = w.chain AND s.stream = 'deposits'
   WHERE w.player = of_player AND (just_one IS NULL OR w.id = just_one) AND (before IS NULL OR w.id < before)
   ORDER BY w.id DESC LIMIT least(at_most, 200);
$$;

-- For the figures of the cashier: what waits, and what a person must look at.
CREATE VIEW pitboss.cashier_figures AS
  SELECT chain, 'withdrawal ' || state AS what, count(*) AS number, min(created_at) AS oldest
    FROM pitboss.chain_withdrawals WHERE state NOT IN ('completed', 'refunded') GROUP BY chain, state
  UNION ALL
  SELECT chain, 'deposit ' || state, count(*), min(created_at)
    FROM pitboss.chain_deposits WHERE state IN ('pending', 'held') GROUP BY chain, state;

-- What should never be: a chain's account that differs from its deposits and withdrawals. Empty when the books are right.
CREATE VIEW pitboss.wrong_cashiers AS
  WITH told AS (
    SELECT chain, currency, amount AS moved FROM pitboss.chain_deposits WHERE state = 'credited'
    UNION ALL
    SELECT chain, currency, -amount FROM pitboss.chain_withdrawals WHERE state <> 'refunded'
  ), booked AS (
    SELECT a.name AS chain, a.currency, CASE WHEN t.debit = a.id THEN t.amount ELSE -t.amount END AS moved
      FROM pitboss.accounts a JOIN pitboss.transfers t ON a.id IN (t.debit, t.credit) WHERE a.kind = 'chain'
  ), both_sides AS (
    SELECT chain, currency, moved AS told, 0 AS booked FROM told UNION ALL SELECT chain, currency, 0, moved FROM booked
  )
  SELECT chain, currency, sum(told) AS told, sum(booked) AS booked FROM both_sides
   GROUP BY chain, currency HAVING sum(told) <> sum(booked);

GRANT SELECT ON pitboss.cashier_figures TO pitboss_lobby;
GRANT SELECT ON pitboss.chain_assets TO pitboss_lobby;
GRANT EXECUTE ON FUNCTION pitboss.assets_in, pitboss.address_of, pitboss.keep_address, pitboss.hold_stream,
  pitboss.leave_stream, pitboss.stream_cursor, pitboss.take_deposits, pitboss.request_withdrawal,
  pitboss.withdrawals_to_submit, pitboss.follow_withdrawals, pitboss.take_withdrawals, pitboss.deposits,
  pitboss.withdrawals TO pitboss_lobby;
