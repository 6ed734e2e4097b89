-- What the lobby may do: read the catalogue, show a player's wallet, and move money in and out for a casino's back end.

CREATE TABLE pitboss.cashier_transfers (
  reference text PRIMARY KEY CHECK (length(reference) BETWEEN 1 AND 255),
  player text NOT NULL,
  currency text NOT NULL,
  -- Positive: to the player.
  amount numeric(38, 0) NOT NULL CHECK (amount <> 0),
  transfer uuid NOT NULL,
  created_at timestamptz NOT NULL
);

-- status: created, replayed, reference_mismatch, insufficient_funds, unknown_currency, amount_limit. The balance is the
-- player's after the transfer, or as it is.
CREATE FUNCTION pitboss.cashier_transfer(
  for_player text, in_currency text, by_amount numeric, by_reference text,
  OUT status text, OUT balance numeric, OUT transfer uuid, OUT created_at timestamptz
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pitboss, pg_temp AS $$
#variable_conflict use_column
DECLARE
  known cashier_transfers; player_account bigint; cashier_account bigint;
BEGIN
  IF NOT EXISTS (SELECT FROM currencies WHERE code = in_currency) THEN
    status := 'unknown_currency';
    RETURN;
  END IF;
  -- Amounts beyond this are mistakes, and sums of them would not fit a balance.
  IF by_amount = 0 OR by_amount <> trunc(by_amount) OR abs(by_amount) > 1e30 THEN
    status := 'amount_limit';
    RETURN;
  END IF;
  transfer := uuidv7();
  created_at := clock_timestamp();
  -- Waits for another request with this reference, so that exactly one of them moves money.
  INSERT INTO cashier_transfers (reference, player, currency, amount, transfer, created_at)
    VALUES (by_reference, for_player, in_currency, by_amount, cashier_transfer.transfer, cashier_transfer.created_at)
    ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN
    SELECT * INTO known FROM cashier_transfers WHERE reference = by_reference;
    status := CASE WHEN (known.player, known.currency, known.amount) = (for_player, in_currency, by_amount)
                   THEN 'replayed' ELSE 'reference_mismatch' END;
    transfer := known.transfer;
    created_at := known.created_at;
    SELECT b.balance INTO balance FROM balances b WHERE b.player = for_player AND b.currency = in_currency;
    RETURN;
  END IF;
  IF by_amount > 0 THEN
    PERFORM open_balance(for_player, in_currency);
  END IF;
  UPDATE balances b SET balance = b.balance + by_amount
   WHERE b.player = for_player AND b.currency = in_currency AND b.balance + by_amount BETWEEN 0 AND 1e36
   RETURNING b.balance, b.account INTO balance, player_account;
  IF NOT FOUND THEN
    DELETE FROM cashier_transfers WHERE reference = by_reference;
    status := CASE WHEN by_amount > 0 THEN 'amount_limit' ELSE 'insufficient_funds' END;
    transfer := NULL;
    created_at := NULL;
    SELECT b.balance INTO balance FROM balances b WHERE b.player = for_player AND b.currency = in_currency;
    RETURN;
  END IF;
  INSERT INTO accounts (kind, name, currency) VALUES ('cashier', 'cashier', in_currency) ON CONFLICT DO NOTHING;
  SELECT id INTO cashier_account FROM accounts WHERE kind = 'cashier' AND currency = in_currency;
  INSERT INTO transfers (id, debit, credit, player, currency, amount, kind, reference, created_at) VALUES (
    cashier_transfer.transfer,
    CASE WHEN by_amount > 0 THEN cashier_account ELSE player_account END,
    CASE WHEN by_amount > 0 THEN player_account ELSE cashier_account END,
    player_account, in_currency, abs(by_amount),
    CASE WHEN by_amount > 0 THEN 'deposit' ELSE 'withdrawal' END, by_reference, cashier_transfer.created_at);
  status := 'created';
END
$$;

CREATE FUNCTION pitboss.open_balance(for_player text, in_currency text) RETURNS void
LANGUAGE plpgsql SET search_path = pitboss, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT FROM balances WHERE player = for_player AND currency = in_currency) THEN
    RETURN;
  END IF;
  INSERT INTO accounts (kind, name, currency) VALUES ('player', for_player, in_currency) ON CONFLICT DO NOTHING;
  INSERT INTO balances (player, currency, account)
    SELECT for_player, in_currency, id FROM accounts
     WHERE kind = 'player' AND name = for_player AND currency = in_currency
    ON CONFLICT DO NOTHING;
END
$$;

CREATE FUNCTION pitboss.wallet(of_player text)
RETURNS TABLE (currency text, digits smallint, balance numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pitboss, pg_temp AS $$
  SELECT b.currency, c.digits, b.balance FROM balances b JOIN currencies c ON c.code = b.currency
   WHERE b.player = of_player ORDER BY b.currency;
$$;

-- Newest first, those older than `before` where it is given. The amount is signed: positive came to the player.
CREATE FUNCTION pitboss.entries(of_player text, before uuid, at_most integer)
RETURNS TABLE (id uuid, kind text, currency text, digits smallint, amount numeric, game text, round uuid, reference text, created_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pitboss, pg_temp AS $$
  SELECT t.id, t.kind, t.currency, c.digits, CASE WHEN t.credit = b.account THEN t.amount ELSE -t.amount END,
         t.game, t.round, t.reference, t.created_at
    FROM balances b
    JOIN currencies c ON c.code = b.currency
    CROSS JOIN LATERAL (
      SELECT * FROM transfers WHERE player = b.account AND (before IS NULL OR transfers.id < before)
       ORDER BY transfers.id DESC LIMIT least(at_most, 200)
    ) t
   WHERE b.player = of_player ORDER BY t.id DESC LIMIT least(at_most, 200);
$$;

-- What should never be: an account whose balance is not the sum of its transfers. Empty when the books are right.
CREATE VIEW pitboss.wrong_balances AS
  SELECT b.player, b.currency, b.balance, coalesce(sum(CASE WHEN t.credit = b.account THEN t.amount ELSE -t.amount END), 0) AS entries
    FROM pitboss.balances b LEFT JOIN pitboss.transfers t ON t.player = b.account
   GROUP BY b.player, b.currency, b.balance
  HAVING b.balance <> coalesce(sum(CASE WHEN t.credit = b.account THEN t.amount ELSE -t.amount END), 0);

GRANT USAGE ON SCHEMA pitboss TO pitboss_lobby;
GRANT SELECT ON pitboss.games, pitboss.currencies TO pitboss_lobby;
GRANT EXECUTE ON FUNCTION pitboss.cashier_transfer, pitboss.wallet, pitboss.entries TO pitboss_lobby;
