-- What a void does in the game's own schema; pitboss.void_round, which the lobby calls, is the way in. It runs as its
-- caller, so that the game's role has no way to it.

-- Locks in the order pairs, rounds, balances: an action, the sweeper and another void wait, or this waits for them. Outcome,
-- payout and digest stay as they were, and with them the proof; so do the nonce, the keys, what the round put into jackpots
-- and won of them, and what the return monitor counted. status: created, unknown_round, round_voided, insufficient_funds.
CREATE FUNCTION void_round(
  of_round uuid, for_reason text, by_whom text, by_reference text,
  OUT status text, OUT entry uuid, OUT missing numeric, OUT currency text, OUT digits smallint
)
LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
#variable_conflict use_column
DECLARE
  acting constant text := substr(current_schema(), 6);
  r rounds;
  mine balances;
  house bigint;
  moment timestamptz;
  balance_left numeric;
BEGIN
  PERFORM lock_pairs(ARRAY(SELECT player FROM rounds WHERE id = of_round));
  SELECT * INTO r FROM rounds WHERE id = of_round FOR NO KEY UPDATE;
  status := CASE WHEN r.id IS NULL THEN 'unknown_round' WHEN r.state = 'voided' THEN 'round_voided' END;
  IF status IS NOT NULL THEN
    RETURN;
  END IF;
  SELECT * INTO STRICT mine FROM balances b WHERE b.player = r.player AND b.currency = r.currency FOR NO KEY UPDATE;
  balance_left := mine.balance + r.staked - coalesce(r.payout, 0);
  IF balance_left < 0 THEN
    status := 'insufficient_funds';
    missing := -balance_left;
    currency := r.currency;
    digits := r.digits;
    RETURN;
  END IF;
  moment := clock_timestamp();
  entry := uuidv7();
  UPDATE balances b SET balance = balance_left WHERE b.player = r.player AND b.currency = r.currency;
  SELECT id INTO STRICT house FROM accounts a WHERE a.kind = 'house' AND a.name = acting AND a.currency = r.currency;
  INSERT INTO transfers (debit, credit, player, currency, amount, kind, game, round, created_at)
    SELECT t.debit, t.credit, mine.account, r.currency, t.amount, 'void', acting, r.id, moment
      FROM (VALUES (house, mine.account, r.staked), (mine.account, house, r.payout)) AS t (debit, credit, amount)
     WHERE t.amount > 0;
  INSERT INTO voids (id, reference, game, round, was, player, currency, staked, payout, balance_before, balance_after,
                     reason, voided_by, at)
    VALUES (entry, by_reference, acting, r.id, r.state, r.player, r.currency, r.staked, r.payout, mine.balance, balance_left,
            for_reason, by_whom, moment);
  UPDATE rounds SET state = 'voided', version = r.version + 1, legal_actions = '{}', funds_after = balance_left,
                    settled_at = coalesce(r.settled_at, moment)
   WHERE id = r.id;
  DELETE FROM open_rounds WHERE player = r.player AND round = r.id;
  status := 'created';
END
$$;

-- For the record of a voided round: when and why, and the player's funds around it. Who did it is the casino's to know.
CREATE FUNCTION round_void(of_round uuid) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT jsonb_build_object('at', v.at, 'reason', v.reason, 'amount', v.amount::text,
                            'before', v.balance_before::text, 'after', v.balance_after::text)
    FROM voids v WHERE v.game = acting_game(current_schema()) AND v.round = of_round;
$$;
