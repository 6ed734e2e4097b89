-- What the sequencer writes: positions, wins, credits, the house's money, and what is told of it. And the pool's beginning and end.

-- The win of the contribution that is stored here.
CREATE FUNCTION pitboss.win_of(pot pitboss.jackpot_pools, secret pitboss.jackpot_thresholds, place tid, moment timestamptz)
RETURNS pitboss.jackpot_wins
LANGUAGE plpgsql SET search_path = pitboss, pg_temp AS $$
DECLARE
  q jackpot_incoming;
  win jackpot_wins;
BEGIN
  SELECT * INTO STRICT q FROM jackpot_incoming WHERE ctid = place;
  win.jackpot := pot.jackpot;
  win.cycle := pot.cycle;
  win.position := pot.position;
  win.trigger := CASE WHEN q.hit THEN 'oneIn' ELSE 'mustHitBy' END;
  win.pool := pot.pool;
  win.scale := pot.scale;
  -- Rounded up to a whole minor unit, at the house's cost.
  win.amount := div(pot.pool + pot.scale - 1, pot.scale);
  win.game := q.game;
  win.round := q.round;
  win.player := q.player;
  win.terms := q.terms;
  win.threshold := secret.threshold;
  win.salt := secret.salt;
  win.won_at := moment;
  RETURN win;
END
$$;

-- Moves the batch into the history, each contribution with its position and the pool that it made.
CREATE FUNCTION pitboss.record_contributions(
  of_jackpot bigint, first_position bigint, batch pitboss.jackpot_batch, runs pitboss.jackpot_run[], moment timestamptz
) RETURNS void
LANGUAGE plpgsql SET search_path = pitboss, pg_temp SET enable_seqscan = off AS $$
BEGIN
  WITH placed AS MATERIALIZED (
    SELECT run.cycle, i, batch.places[i] AS place, div(least(run.most, run.base + batch.pooled[i]), run.ratio) AS pool
      FROM unnest(runs) AS run CROSS JOIN LATERAL generate_series(run.after + 1, run.upto) AS i
  ), gone AS (
    DELETE FROM jackpot_incoming WHERE ctid = ANY (batch.places) RETURNING ctid AS place, *
  ), counted AS (
    INSERT INTO jackpot_odds AS o (jackpot, game, day, expected, hits)
      SELECT of_jackpot, g.game, (moment AT TIME ZONE 'UTC')::date, sum(least(1, g.debit / (t.per * t.one_in)))::double precision,
             count(*) FILTER (WHERE g.hit)
        FROM gone g JOIN jackpot_terms t ON t.id = g.terms AND t.one_in IS NOT NULL GROUP BY g.game
      ON CONFLICT (jackpot, game, day) DO UPDATE SET expected = o.expected + excluded.expected, hits = o.hits + excluded.hits
  )
  INSERT INTO jackpot_contributions (jackpot, position, cycle, id, xid, terms, debit, hit, game, round, pool)
    SELECT of_jackpot, first_position + p.i, p.cycle, g.id, g.xid, g.terms, g.debit, g.hit, g.game, g.round, p.pool
      FROM placed p JOIN gone g ON g.place = p.place;
END
$$;

-- Whether so many hits, where so many are expected, are less likely than one in a thousand million: Chernoff's bound for a sum of
-- independent draws (Mitzenmacher and Upfal, Probability and Computing, theorem 4.4), which is never below the true chance.
CREATE FUNCTION pitboss.too_many_hits(hits bigint, expected double precision) RETURNS boolean
LANGUAGE sql IMMUTABLE SET search_path = pitboss, pg_temp AS $$
  SELECT hits > expected AND hits - expected - hits * ln(hits / greatest(expected, 1e-300)) < ln(1e-9);
$$;

-- Wins by a draw are claimed by a game's runtime, which can be stolen: what it claims beyond all odds is set aside. The day's hits are
-- counted already; for each win those up to it count.
CREATE FUNCTION pitboss.with_status(wins pitboss.jackpot_wins[], moment timestamptz) RETURNS pitboss.jackpot_wins[]
LANGUAGE sql STABLE SET search_path = pitboss, pg_temp AS $$
  SELECT array_agg(jsonb_populate_record(w.win, jsonb_build_object(
           'status', CASE WHEN (w.win).trigger = 'oneIn' AND too_many_hits(o.hits - w.later, o.expected) THEN 'held' ELSE 'paid' END))
           ORDER BY (w.win).position)
    FROM (SELECT win, count(*) FILTER (WHERE win.trigger = 'oneIn') OVER (
                   PARTITION BY win.game ORDER BY win.position DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS later
            FROM unnest(wins) AS win) AS w
    LEFT JOIN jackpot_odds o ON (o.jackpot, o.game, o.day) = ((w.win).jackpot, (w.win).game, (moment AT TIME ZONE 'UTC')::date);
$$;

-- Pays the wins of a batch and opens the next pools in the ledger: what the jackpot's account holds afterwards.
CREATE FUNCTION pitboss.settle_wins(
  j pitboss.jackpots, pot pitboss.jackpot_pools, claimed pitboss.jackpot_wins[], opened pitboss.jackpot_cycles[],
  t pitboss.jackpot_terms, moment timestamptz
) RETURNS numeric
LANGUAGE plpgsql SET search_path = pitboss, pg_temp AS $$
#variable_conflict use_column
DECLARE
  wins constant jackpot_wins[] := with_status(claimed, moment);
  winners constant text[] := ARRAY(SELECT DISTINCT player FROM unnest(wins) WHERE status = 'paid');
  seeds constant numeric := (SELECT sum(seed) FROM unnest(opened));
  paid_out constant numeric := (SELECT coalesce(sum(amount), 0) FROM unnest(wins) WHERE status = 'paid');
  held numeric;
  owed numeric;
  credited bigint;
BEGIN
  PERFORM FROM balances WHERE currency = j.currency AND player = ANY (winners) ORDER BY player, currency FOR NO KEY UPDATE;
  WITH due AS (
    SELECT player, sum(amount) AS amount FROM unnest(wins) WHERE status = 'paid' GROUP BY player
  ), credits AS (
    UPDATE balances b SET balance = b.balance + due.amount FROM due WHERE b.player = due.player AND b.currency = j.currency
    RETURNING b.player, b.account, old.balance AS before
  ), paid AS (
    SELECT w.position, c.account, w.amount, w.game, w.round,
           c.before + sum(w.amount) OVER (PARTITION BY w.player ORDER BY w.position) AS after
      FROM unnest(wins) AS w JOIN credits c ON c.player = w.player WHERE w.status = 'paid'
  ), recorded AS (
    INSERT INTO jackpot_wins (jackpot, cycle, position, trigger, status, amount, pool, scale, game, round, player, terms, threshold, salt,
                              funds_before, funds_after, won_at)
      SELECT w.jackpot, w.cycle, w.position, w.trigger, w.status, w.amount, w.pool, w.scale, w.game, w.round, w.player, w.terms, w.threshold,
             w.salt, p.after - w.amount, p.after, w.won_at
        FROM unnest(wins) AS w LEFT JOIN paid p ON p.position = w.position ORDER BY w.position
  ), moved AS (
    INSERT INTO transfers (debit, credit, player, currency, amount, kind, game, round, created_at)
      SELECT j.account, account, account, j.currency, amount, 'jackpot', game, round, moment FROM paid WHERE amount > 0
      UNION ALL
      SELECT j.house, j.account, NULL, j.currency, seed, 'seed', NULL, NULL, moment FROM unnest(opened) WHERE seed > 0
  )
  SELECT count(*) INTO credited FROM credits;
  IF credited <> cardinality(winners) THEN
    RAISE data_exception USING MESSAGE = 'a winner has no balance to credit';
  END IF;
  INSERT INTO jackpot_cycles SELECT * FROM unnest(opened);
  SELECT coalesce(sum(amount), 0) INTO held FROM jackpot_wins WHERE jackpot = j.id AND status = 'held';
  owed := div(pot.pool + pot.overflow, pot.scale) + held - (pot.funds + seeds - paid_out);
  PERFORM move_house_money(j, 'contribution', owed, moment);
  PERFORM tell_wins(j, pot, moment);
  PERFORM put_in_force(j, t, moment);
  RETURN pot.funds + seeds - paid_out + owed;
END
$$;

-- From the house to the jackpot's account, or back where the amount is negative.
CREATE FUNCTION pitboss.move_house_money(j pitboss.jackpots, as_kind text, by_amount numeric, moment timestamptz) RETURNS void
LANGUAGE sql SET search_path = pitboss, pg_temp AS $$
  INSERT INTO transfers (debit, credit, currency, amount, kind, created_at)
    SELECT CASE WHEN by_amount > 0 THEN j.house ELSE j.account END, CASE WHEN by_amount > 0 THEN j.account ELSE j.house END,
           j.currency, abs(by_amount), as_kind, moment
     WHERE by_amount <> 0;
$$;

-- Events are read by their ids: whoever adds some waits here until those before them are committed.
CREATE FUNCTION pitboss.next_events(count bigint) RETURNS bigint
LANGUAGE sql SET search_path = pitboss, pg_temp AS $$
  UPDATE jackpot_event_counter SET last = last + count RETURNING last - count;
$$;

-- What everybody may know of a jackpot in an event.
CREATE FUNCTION pitboss.jackpot_names(j pitboss.jackpots) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path = pitboss, pg_temp AS $$
  SELECT jsonb_build_object('namespace', j.namespace, 'name', j.name, 'currency', j.currency, 'digits', j.digits);
$$;

CREATE FUNCTION pitboss.tell(j pitboss.jackpots, as_kind text, body jsonb, moment timestamptz) RETURNS void
LANGUAGE sql SET search_path = pitboss, pg_temp AS $$
  INSERT INTO jackpot_events (id, kind, jackpot, body, at) SELECT next_events(1) + 1, as_kind, j.id, jackpot_names(j) || body, moment;
$$;

-- The wins of this batch: those that no event speaks of yet.
CREATE FUNCTION pitboss.tell_wins(j pitboss.jackpots, pot pitboss.jackpot_pools, moment timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pitboss, pg_temp AS $$
DECLARE
  told constant bigint := (SELECT wins FROM jackpot_pools WHERE jackpot = j.id);
  before constant bigint := next_events(pot.wins - told);
BEGIN
  INSERT INTO jackpot_events (id, kind, jackpot, body, at)
    SELECT before + row_number() OVER (ORDER BY w.position), CASE w.status WHEN 'held' THEN 'held' ELSE 'win' END, j.id,
           jackpot_names(j) || jsonb_build_object('win', w.id, 'amount', w.amount::text, 'trigger', w.trigger, 'game', w.game,
                                                  'round', w.round, 'position', w.position),
           moment
      FROM (SELECT * FROM jackpot_wins WHERE jackpot = j.id ORDER BY position DESC LIMIT pot.wins - told) AS w;
END
$$;

-- Changed terms have waited for this win. The runtimes of the games that feed the jackpot read them again.
CREATE FUNCTION pitboss.put_in_force(j pitboss.jackpots, t pitboss.jackpot_terms, moment timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pitboss, pg_temp AS $$
BEGIN
  IF t.id = j.terms THEN
    RETURN;
  END IF;
  UPDATE jackpots SET terms = t.id, pending = NULL WHERE id = j.id;
  UPDATE jackpot_terms SET in_force_at = moment WHERE id = t.id;
  PERFORM tell(j, 'terms', jsonb_build_object('terms', t.body), moment);
  PERFORM pg_notify('pitboss_games', game) FROM game_jackpots WHERE jackpot = j.id;
END
$$;

-- A new jackpot's first pool.
CREATE FUNCTION pitboss.open_jackpot(new_jackpot bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pitboss, pg_temp AS $$
DECLARE
  moment constant timestamptz := clock_timestamp();
  j jackpots;
  t jackpot_terms;
  pot jackpot_pools;
  opening jackpot_opening;
BEGIN
  SELECT * INTO STRICT j FROM jackpots WHERE id = new_jackpot;
  SELECT * INTO STRICT t FROM jackpot_terms WHERE id = j.terms;
  INSERT INTO jackpot_pools (jackpot, scale) VALUES (j.id, t.scale) RETURNING * INTO pot;
  opening := next_cycle(pot, t, moment);
  UPDATE jackpot_pools SET pool = (opening.pot).pool, cycle = (opening.pot).cycle, funds = t.seed WHERE jackpot = j.id;
  INSERT INTO jackpot_cycles SELECT (opening.cycle).*;
  INSERT INTO jackpot_thresholds SELECT (opening.secret).* WHERE (opening.secret).threshold IS NOT NULL;
  UPDATE jackpot_terms SET in_force_at = moment WHERE id = t.id;
  PERFORM move_house_money(j, 'seed', t.seed, moment);
END
$$;

-- Moves all that a jackpot holds to the overflow of another, to the last fraction; without one, the house's seed goes back. The caller
-- holds the locks of both.
CREATE FUNCTION pitboss.close_jackpot(closing bigint, into_jackpot bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pitboss, pg_temp AS $$
DECLARE
  moment constant timestamptz := clock_timestamp();
  j jackpots;
  target jackpots;
  pot jackpot_pools;
  heir jackpot_pools;
  units numeric;
  held numeric;
  whole numeric;
BEGIN
  SELECT * INTO STRICT j FROM jackpots WHERE id = closing AND state = 'closing';
  SELECT * INTO STRICT pot FROM jackpot_pools WHERE jackpot = closing;
  units := pot.pool + pot.overflow;
  whole := div(units, pot.scale);
  SELECT coalesce(sum(amount), 0) INTO held FROM jackpot_wins WHERE jackpot = closing AND status = 'held';
  PERFORM move_house_money(j, 'contribution', whole + held - pot.funds, moment);
  IF into_jackpot IS NULL THEN
    PERFORM move_house_money(j, 'seed', -whole, moment);
  ELSE
    SELECT * INTO STRICT target FROM jackpots WHERE id = into_jackpot AND currency = j.currency;
    SELECT * INTO STRICT heir FROM jackpot_pools WHERE jackpot = into_jackpot;
    heir := rescaled(heir, pot.scale);
    UPDATE jackpot_pools SET scale = heir.scale, pool = heir.pool, contributed = heir.contributed, funds = funds + whole,
      overflow = heir.overflow + units * div(heir.scale, pot.scale) WHERE jackpot = into_jackpot;
    INSERT INTO transfers (debit, credit, currency, amount, kind, created_at)
      SELECT j.account, target.account, j.currency, whole, 'jackpot_moved', moment WHERE whole > 0;
  END IF;
  INSERT INTO jackpot_moves (jackpot, successor, units, scale, moved_at) VALUES (closing, into_jackpot, units, pot.scale, moment);
  UPDATE jackpot_pools SET pool = 0, overflow = 0, funds = held WHERE jackpot = closing;
  DELETE FROM jackpot_thresholds WHERE jackpot = closing;
  UPDATE jackpots SET state = 'gone', pending = NULL, gone_at = moment WHERE id = closing;
  PERFORM tell(j, 'closed', jsonb_strip_nulls(jsonb_build_object('amount', whole::text, 'transferTo', target.name)), moment);
  PERFORM pg_notify('pitboss_jackpots', closing::text);
END
$$;

-- Pays a win that was set aside, once an administrator has checked the round's proof. Journalled in an event with who and why.
CREATE FUNCTION pitboss.release_jackpot_win(of_win bigint, by_whom text, because text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pitboss, pg_temp AS $$
DECLARE
  moment constant timestamptz := clock_timestamp();
  win jackpot_wins;
  j jackpots;
  winner balances;
BEGIN
  SELECT * INTO win FROM jackpot_wins WHERE id = of_win;
  PERFORM FROM jackpot_pools WHERE jackpot = win.jackpot FOR UPDATE;
  SELECT * INTO win FROM jackpot_wins WHERE id = of_win AND status = 'held' FOR UPDATE;
  IF NOT FOUND THEN
    RETURN false;
  END IF;
  SELECT * INTO j FROM jackpots WHERE id = win.jackpot;
  UPDATE balances SET balance = balance + win.amount WHERE player = win.player AND currency = j.currency RETURNING * INTO STRICT winner;
  INSERT INTO transfers (debit, credit, player, currency, amount, kind, game, round, created_at)
    VALUES (j.account, winner.account, winner.account, j.currency, win.amount, 'jackpot', win.game, win.round, moment);
  UPDATE jackpot_pools SET funds = funds - win.amount WHERE jackpot = j.id;
  UPDATE jackpot_wins SET status = 'paid', funds_before = winner.balance - win.amount, funds_after = winner.balance WHERE id = of_win;
  PERFORM tell(j, 'released', jsonb_build_object('win', of_win, 'amount', win.amount::text, 'trigger', win.trigger, 'game', win.game,
                                                 'round', win.round, 'by', by_whom, 'reason', because), moment);
  PERFORM pg_notify('pitboss_jackpots', j.id::text);
  RETURN true;
END
$$;

-- The thresholds and what uses them are the sequencer's role's alone.
GRANT USAGE, CREATE ON SCHEMA pitboss TO pitboss_sequencer;
GRANT SELECT ON pitboss.jackpots, pitboss.jackpot_terms, pitboss.jackpot_pools, pitboss.jackpot_incoming, pitboss.jackpot_contributions,
  pitboss.jackpot_cycles, pitboss.jackpot_wins, pitboss.jackpot_moves, pitboss.jackpot_odds, pitboss.jackpot_events,
  pitboss.jackpot_event_counter, pitboss.game_jackpots, pitboss.balances TO pitboss_sequencer;
GRANT INSERT ON pitboss.jackpot_pools, pitboss.jackpot_contributions, pitboss.jackpot_cycles, pitboss.jackpot_wins, pitboss.jackpot_moves,
  pitboss.jackpot_odds, pitboss.jackpot_events, pitboss.transfers TO pitboss_sequencer;
GRANT UPDATE ON pitboss.jackpot_pools, pitboss.jackpot_wins, pitboss.jackpot_odds, pitboss.jackpot_event_counter TO pitboss_sequencer;
GRANT UPDATE (terms, pending, state, gone_at) ON pitboss.jackpots TO pitboss_sequencer;
GRANT UPDATE (in_force_at) ON pitboss.jackpot_terms TO pitboss_sequencer;
GRANT UPDATE (balance) ON pitboss.balances TO pitboss_sequencer;
GRANT DELETE ON pitboss.jackpot_incoming TO pitboss_sequencer;
DO $$
DECLARE
  own text;
BEGIN
  FOREACH own IN ARRAY ARRAY['strong_bytes', 'strong_below', 'rescaled', 'next_cycle', 'first_reaching', 'waiting_contributions', 'win_of',
    'record_contributions', 'too_many_hits', 'with_status', 'settle_wins', 'move_house_money', 'next_events', 'jackpot_names', 'tell',
    'tell_wins', 'put_in_force', 'sequence_jackpot', 'open_jackpot', 'close_jackpot', 'release_jackpot_win'] LOOP
    EXECUTE format('ALTER FUNCTION pitboss.%I OWNER TO pitboss_sequencer', own);
  END LOOP;
END
$$;
ALTER TABLE pitboss.jackpot_thresholds OWNER TO pitboss_sequencer;
REVOKE CREATE ON SCHEMA pitboss FROM pitboss_sequencer;
SET LOCAL ROLE pitboss_sequencer;
GRANT EXECUTE ON FUNCTION pitboss.sequence_jackpot TO pitboss_lobby, pitboss_operator;
GRANT EXECUTE ON FUNCTION pitboss.open_jackpot, pitboss.close_jackpot, pitboss.release_jackpot_win TO pitboss_operator;
RESET ROLE;
