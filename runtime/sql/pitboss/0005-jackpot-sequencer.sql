-- The sequencer: puts the contributions of a jackpot in order, and pays what they win. All that it does in one call it does in one
-- transaction under the jackpot's lock; bets never wait for it, but for a winner's own next one while a win is credited.

-- Bytes that nobody can foretell. Six bits of a random UUID are fixed: its bytes 7 and 9 are left out.
CREATE FUNCTION pitboss.strong_bytes(count integer) RETURNS bytea
LANGUAGE sql VOLATILE SET search_path = pitboss, pg_temp AS $$
  SELECT substr(string_agg(substr(b, 1, 6) || substr(b, 8, 1) || substr(b, 10, 7), ''::bytea), 1, count)
    FROM (SELECT uuid_send(gen_random_uuid()) AS b FROM generate_series(0, count / 14)) AS drawn;
$$;

-- Uniform over 0 … n - 1: the rest of the last whole multiple of n is drawn again.
CREATE FUNCTION pitboss.strong_below(n numeric) RETURNS numeric
LANGUAGE plpgsql VOLATILE SET search_path = pitboss, pg_temp AS $$
DECLARE
  range constant numeric := 26959946667150639794667015087019630673637144422540572481103610249216; -- 2^224
  digits text;
  drawn numeric;
BEGIN
  IF n NOT BETWEEN 1 AND 1e60 THEN
    RAISE numeric_value_out_of_range USING MESSAGE = 'strong_below() draws among 1 to 10^60';
  END IF;
  LOOP
    digits := encode(strong_bytes(28), 'hex');
    drawn := 0;
    FOR word IN 0..6 LOOP
      drawn := drawn * 4294967296 + ('x' || substr(digits, 1 + 8 * word, 8))::bit(32)::bigint;
    END LOOP;
    IF drawn < range - range % n THEN
      RETURN drawn % n;
    END IF;
  END LOOP;
END
$$;

-- The same pool in units of a scale that is a multiple of this one too.
CREATE FUNCTION pitboss.rescaled(pot pitboss.jackpot_pools, and_of numeric) RETURNS pitboss.jackpot_pools
LANGUAGE plpgsql IMMUTABLE SET search_path = pitboss, pg_temp AS $$
DECLARE
  factor constant numeric := div(lcm(pot.scale, and_of), pot.scale);
BEGIN
  pot.scale := pot.scale * factor;
  pot.pool := pot.pool * factor;
  pot.overflow := pot.overflow * factor;
  pot.contributed := pot.contributed * factor;
  RETURN pot;
END
$$;

CREATE TYPE pitboss.jackpot_opening AS (pot pitboss.jackpot_pools, cycle pitboss.jackpot_cycles, secret pitboss.jackpot_thresholds);

-- The next pool after a win, or the first: the house's seed, and of the overflow what leaves it below mustHitBy (or at most at the
-- ceiling); and the threshold, uniform over the minor units above the opening pool up to mustHitBy.
CREATE FUNCTION pitboss.next_cycle(pot pitboss.jackpot_pools, t pitboss.jackpot_terms, moment timestamptz) RETURNS pitboss.jackpot_opening
LANGUAGE plpgsql VOLATILE SET search_path = pitboss, pg_temp AS $$
DECLARE
  room constant numeric := greatest(coalesce(t.must_hit_by - 1, t.ceiling) - t.seed, 0) * pot.scale;
  fed constant numeric := least(pot.overflow, room);
  opening_floor numeric;
  secret jackpot_thresholds;
  opened jackpot_cycles;
BEGIN
  pot.cycle := pot.cycle + 1;
  pot.pool := t.seed * pot.scale + fed;
  pot.overflow := pot.overflow - fed;
  IF t.must_hit_by IS NOT NULL THEN
    opening_floor := div(pot.pool, pot.scale);
    secret := ROW (pot.jackpot, pot.cycle, opening_floor + 1 + strong_below(t.must_hit_by - opening_floor), strong_bytes(32));
  END IF;
  opened := ROW (pot.jackpot, pot.cycle, t.id, pot.scale, pot.pool, t.seed, pot.position,
                 encode(sha256(secret.salt || convert_to(secret.threshold::text, 'UTF8')), 'hex'), moment);
  RETURN ROW (pot, opened, secret)::jackpot_opening;
END
$$;

-- The first place after `after` whose sum is at least this; null where none is. The sums never fall.
CREATE FUNCTION pitboss.first_reaching(sums numeric[], least_sum numeric, after integer) RETURNS integer
LANGUAGE plpgsql IMMUTABLE SET search_path = pitboss, pg_temp AS $$
DECLARE
  low integer := after + 1;
  high integer := cardinality(sums) + 1;
  middle integer;
BEGIN
  WHILE low < high LOOP
    middle := (low + high) / 2;
    IF sums[middle] >= least_sum THEN
      high := middle;
    ELSE
      low := middle + 1;
    END IF;
  END LOOP;
  RETURN CASE WHEN low <= cardinality(sums) THEN low END;
END
$$;

-- Contributions in their order: where they are stored, those that hit, and sums up to each in units: what goes to the pool as long as it
-- is below its ceiling, and all of it.
CREATE TYPE pitboss.jackpot_batch AS (places tid[], hits integer[], pooled numeric[], whole numeric[], last_xid xid8);

-- Only transactions that are over, and none that could still commit something before them, are taken: whatever is below xmin. A row at
-- or above xmax was made in another cluster, from which this database was restored. The search begins where the last one ended,
-- because deleted rows stay in the index for a while; now and then, and after such a restore, it begins at the beginning.
CREATE FUNCTION pitboss.waiting_contributions(pot pitboss.jackpot_pools, at_most integer) RETURNS pitboss.jackpot_batch
LANGUAGE plpgsql SET search_path = pitboss, pg_temp SET enable_seqscan = off SET enable_bitmapscan = off AS $$
DECLARE
  from_xid constant xid8 := CASE
    WHEN pot.searched_at > clock_timestamp() - interval '1 minute' AND pot.last_xid < pg_snapshot_xmax(pg_current_snapshot())
    THEN pot.last_xid ELSE '0' END;
  batch jackpot_batch;
BEGIN
  WITH taken AS MATERIALIZED (
    SELECT q.ctid AS place, q.xid, q.id, q.debit, q.terms, q.hit FROM jackpot_incoming q
     WHERE q.jackpot = pot.jackpot AND q.xid >= from_xid
       AND (q.xid < pg_snapshot_xmin(pg_current_snapshot()) OR q.xid >= pg_snapshot_xmax(pg_current_snapshot()))
     ORDER BY q.jackpot, q.xid, q.id LIMIT least(at_most, 20000)
  ), parts AS (
    SELECT q.place, q.xid, q.id, q.hit, q.debit * t.whole AS whole, q.debit * t.pooled AS pooled
      FROM taken q
      JOIN (SELECT id, contribution_n * div(pot.scale, contribution_d) AS whole,
                   contribution_n * (overflow_d - overflow_n) * div(pot.scale, scale) AS pooled
              FROM jackpot_terms WHERE jackpot = pot.jackpot) AS t ON t.id = q.terms
  ), sums AS (
    SELECT place, xid, hit, row_number() OVER so_far AS i, sum(whole) OVER so_far AS whole, sum(pooled) OVER so_far AS pooled
      FROM parts WINDOW so_far AS (ORDER BY xid, id ROWS UNBOUNDED PRECEDING)
  )
  SELECT array_agg(place ORDER BY i), array_agg(i ORDER BY i) FILTER (WHERE hit), array_agg(pooled ORDER BY i),
         array_agg(whole ORDER BY i), (array_agg(xid ORDER BY i DESC))[1]
    INTO batch.places, batch.hits, batch.pooled, batch.whole, batch.last_xid FROM sums;
  RETURN batch;
END
$$;

-- Contributions of one batch that belong to one cycle: those after `after` up to `upto`. The pool at each is `base` and its sum, or
-- the ceiling; of its units `ratio` make one of the cycle's.
CREATE TYPE pitboss.jackpot_run AS (cycle bigint, after integer, upto integer, base numeric, most numeric, ratio numeric);

-- Takes contributions that wait, at most so many (and 20,000), and settles what they bring about: {taken, wins}, and busy where somebody else is at it.
CREATE FUNCTION pitboss.sequence_jackpot(of_jackpot bigint, at_most integer DEFAULT 5000) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pitboss, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
  moment constant timestamptz := clock_timestamp();
  j jackpots;
  pot jackpot_pools;
  t jackpot_terms;
  soon jackpot_terms;
  secret jackpot_thresholds;
  batch jackpot_batch;
  opening jackpot_opening;
  cycle_scale numeric;
  runs jackpot_run[] := '{}';
  wins jackpot_wins[] := '{}';
  opened jackpot_cycles[] := '{}';
  first_position bigint;
  at_hit integer := 1;
  done integer := 0;
  winner integer;
  upto integer;
  reached numeric;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE feature_not_supported USING MESSAGE = 'a jackpot is sequenced in READ COMMITTED transactions only';
  END IF;
  SELECT * INTO pot FROM jackpot_pools WHERE jackpot = of_jackpot FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    RETURN jsonb_build_object('taken', 0, 'wins', 0, 'busy', true);
  END IF;
  SELECT * INTO j FROM jackpots WHERE id = of_jackpot;
  SELECT * INTO t FROM jackpot_terms WHERE id = j.terms;
  SELECT * INTO soon FROM jackpot_terms WHERE id = j.pending;
  SELECT * INTO secret FROM jackpot_thresholds WHERE jackpot = of_jackpot;
  SELECT scale INTO cycle_scale FROM jackpot_cycles WHERE jackpot = of_jackpot AND cycle = pot.cycle;
  pot := rescaled(pot, coalesce(soon.scale, 1));
  batch := waiting_contributions(pot, at_most);
  first_position := pot.position;

  WHILE done < coalesce(cardinality(batch.places), 0) LOOP
    WHILE batch.hits[at_hit] <= done LOOP
      at_hit := at_hit + 1;
    END LOOP;
    winner := least(batch.hits[at_hit], first_reaching(
      batch.pooled, secret.threshold * pot.scale - pot.pool + coalesce(batch.pooled[done], 0), done));
    upto := coalesce(winner, cardinality(batch.places));
    runs := runs || ROW (pot.cycle, done, upto, pot.pool - coalesce(batch.pooled[done], 0), t.ceiling * pot.scale,
                         div(pot.scale, cycle_scale))::jackpot_run;
    reached := least(t.ceiling * pot.scale, pot.pool + batch.pooled[upto] - coalesce(batch.pooled[done], 0));
    pot.contributed := pot.contributed + batch.whole[upto] - coalesce(batch.whole[done], 0);
    pot.overflow := pot.overflow + batch.whole[upto] - coalesce(batch.whole[done], 0) - (reached - pot.pool);
    pot.pool := reached;
    pot.position := pot.position + upto - done;
    done := upto;
    EXIT WHEN winner IS NULL;
    wins := wins || win_of(pot, secret, batch.places[winner], moment);
    pot.wins := pot.wins + 1;
    IF soon.id IS NOT NULL THEN
      t := soon;
      soon := NULL;
    END IF;
    opening := next_cycle(pot, t, moment);
    pot := opening.pot;
    secret := opening.secret;
    cycle_scale := pot.scale;
    opened := opened || opening.cycle;
  END LOOP;

  IF done > 0 THEN
    PERFORM record_contributions(pot.jackpot, first_position, batch, runs, moment);
    SELECT coalesce(batch.last_xid, pot.last_xid), max(uuid_extract_timestamp(id))
      INTO pot.last_xid, pot.last_contribution_at FROM jackpot_contributions WHERE jackpot = of_jackpot AND position = pot.position;
  END IF;
  IF wins <> '{}' THEN
    pot.funds := settle_wins(j, pot, wins, opened, t, moment);
    DELETE FROM jackpot_thresholds WHERE jackpot = of_jackpot;
    INSERT INTO jackpot_thresholds SELECT secret.* WHERE secret.threshold IS NOT NULL;
  END IF;
  IF done > 0 OR pot.searched_at < moment - interval '1 minute' THEN
    pot.searched_at := CASE WHEN pot.searched_at < moment - interval '1 minute' THEN moment ELSE pot.searched_at END;
    UPDATE jackpot_pools SET (scale, pool, overflow, contributed, cycle, position, wins, funds, last_contribution_at, last_xid, searched_at)
      = (pot.scale, pot.pool, pot.overflow, pot.contributed, pot.cycle, pot.position, pot.wins, pot.funds, pot.last_contribution_at,
         pot.last_xid, pot.searched_at) WHERE jackpot = of_jackpot;
  END IF;
  IF done > 0 THEN
    PERFORM pg_notify('pitboss_jackpots', of_jackpot::text);
  END IF;
  RETURN jsonb_build_object('taken', done, 'wins', cardinality(wins));
END
$$;
