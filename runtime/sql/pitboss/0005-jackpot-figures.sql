-- What the lobby and the operator see of jackpots, and what shows that the books are right.

-- Amounts are whole minor units, rounded down; `exact` has the fractions.
CREATE VIEW pitboss.jackpot_figures AS
  SELECT j.id, j.namespace, j.name, j.currency, j.digits, j.state,
         div(p.pool, p.scale) AS pool, div(p.overflow, p.scale) AS overflow, div(p.contributed, p.scale) AS contributions,
         jsonb_build_object('pool', p.pool::text, 'overflow', p.overflow::text, 'contributions', p.contributed::text,
                            'scale', p.scale::text) AS exact,
         p.wins, p.cycle, p.position, last.win AS last_win, t.body AS terms, pending.body AS pending_terms, j.pending IS NOT NULL AS terms_pending,
         c.commitment,
         coalesce(extract(epoch FROM clock_timestamp() - uuid_extract_timestamp(oldest.id)), 0)::double precision AS behind_seconds,
         p.last_contribution_at,
         (SELECT count(*) FROM pitboss.jackpot_wins w WHERE w.jackpot = j.id AND w.status = 'held') AS held_wins,
         ARRAY(SELECT g.game FROM pitboss.game_jackpots g WHERE g.jackpot = j.id ORDER BY g.game) AS games
    FROM pitboss.jackpots j
    JOIN pitboss.jackpot_pools p ON p.jackpot = j.id
    JOIN pitboss.jackpot_terms t ON t.id = j.terms
    LEFT JOIN pitboss.jackpot_terms pending ON pending.id = j.pending
    LEFT JOIN pitboss.jackpot_cycles c ON c.jackpot = j.id AND c.cycle = p.cycle
    LEFT JOIN LATERAL (
      SELECT jsonb_build_object('id', w.id, 'amount', w.amount::text, 'game', w.game, 'round', w.round, 'at', w.won_at) AS win
        FROM pitboss.jackpot_wins w WHERE w.jackpot = j.id ORDER BY w.position DESC LIMIT 1
    ) last ON true
    LEFT JOIN LATERAL (
      SELECT q.id FROM pitboss.jackpot_incoming q WHERE q.jackpot = j.id ORDER BY q.jackpot, q.xid, q.id LIMIT 1
    ) oldest ON true
   WHERE j.state <> 'gone';

-- Which jackpots have something to do.
CREATE FUNCTION pitboss.jackpots_waiting() RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pitboss, pg_temp AS $$
  SELECT j.id FROM jackpots j WHERE j.state <> 'gone' AND EXISTS (SELECT FROM jackpot_incoming q WHERE q.jackpot = j.id);
$$;

-- For each jackpot, from its history alone, in units: contributions + the house's seeds + roundings up + what other jackpots left it
-- = pool + overflow + wins + what it left to another. `difference` is 0, always.
CREATE VIEW pitboss.jackpot_books AS
  SELECT *, contributions + seeds + roundings + moved_in - (pool + overflow + wins + moved_out) AS difference,
         contributions - contributed AS uncounted
    FROM (
      SELECT j.id AS jackpot, j.namespace, j.name, j.currency, p.scale, p.pool, p.overflow, p.contributed,
             (SELECT coalesce(sum(sums.debits * t.contribution_n * div(p.scale, t.contribution_d)), 0)
                FROM (SELECT c.terms, sum(c.debit) AS debits FROM pitboss.jackpot_contributions c WHERE c.jackpot = j.id GROUP BY c.terms) AS sums
                JOIN pitboss.jackpot_terms t ON t.id = sums.terms) AS contributions,
             (SELECT coalesce(sum(c.seed), 0) * p.scale FROM pitboss.jackpot_cycles c WHERE c.jackpot = j.id) AS seeds,
             (SELECT coalesce(sum(w.rounding * div(p.scale, w.scale)), 0) FROM pitboss.jackpot_wins w WHERE w.jackpot = j.id) AS roundings,
             (SELECT coalesce(sum(m.units * div(p.scale, m.scale)), 0) FROM pitboss.jackpot_moves m WHERE m.successor = j.id) AS moved_in,
             (SELECT coalesce(sum(w.amount), 0) * p.scale FROM pitboss.jackpot_wins w WHERE w.jackpot = j.id) AS wins,
             (SELECT coalesce(sum(m.units * div(p.scale, m.scale)), 0) FROM pitboss.jackpot_moves m WHERE m.jackpot = j.id) AS moved_out
        FROM pitboss.jackpots j JOIN pitboss.jackpot_pools p ON p.jackpot = j.id
    ) AS sums;

-- Units as an exact number of minor units, "n/d" in lowest terms.
CREATE FUNCTION pitboss.exact_text(units numeric, scale numeric) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pitboss, pg_temp AS $$
  SELECT div(units, gcd(units, scale))::text || CASE WHEN gcd(units, scale) = scale THEN '' ELSE '/' || div(scale, gcd(units, scale)) END;
$$;

-- Positions of a cycle with the pool after each, in minor units.
CREATE FUNCTION pitboss.jackpot_positions(of_jackpot bigint, of_cycle bigint, first bigint, last bigint) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pitboss, pg_temp AS $$
  SELECT coalesce(jsonb_agg(jsonb_build_object(
           'position', p.position, 'debit', p.debit::text, 'contribution', t.body->'contribution', 'overflowShare', t.body->'overflowShare',
           'hit', p.hit, 'pool', exact_text(p.pool, c.scale)) ORDER BY p.position), '[]')
    FROM jackpot_contributions p
    JOIN jackpot_terms t ON t.id = p.terms
    JOIN jackpot_cycles c ON c.jackpot = p.jackpot AND c.cycle = p.cycle
   WHERE p.jackpot = of_jackpot AND p.cycle = of_cycle AND p.position BETWEEN first AND last;
$$;

-- What everybody may know of a cycle whose threshold is revealed, or not.
CREATE FUNCTION pitboss.jackpot_cycle_json(c pitboss.jackpot_cycles) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pitboss, pg_temp AS $$
  SELECT jsonb_build_object('number', c.cycle, 'opening', exact_text(c.opening, c.scale), 'after', c.after_position,
                            'openedAt', c.opened_at, 'commitment', c.commitment, 'terms', t.body)
    FROM jackpot_terms t WHERE t.id = c.terms;
$$;

-- What shows that a win was right: the threshold with the salt that its commitment needs, and the positions around the winning one.
-- All amounts are minor units, as text; docs/fairness.md says how it is checked.
CREATE FUNCTION pitboss.jackpot_win_proof(of_win bigint) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pitboss, pg_temp AS $$
  SELECT jsonb_strip_nulls(jsonb_build_object(
           'kind', 'jackpotWin', 'jackpot', jsonb_build_object('namespace', j.namespace, 'name', j.name, 'currency', j.currency, 'digits', j.digits),
           'win', w.id::text, 'trigger', w.trigger, 'amount', w.amount::text, 'status', w.status, 'game', w.game, 'round', w.round,
           'wonAt', w.won_at, 'position', w.position, 'cycle', jackpot_cycle_json(c),
           'threshold', w.threshold::text, 'salt', encode(w.salt, 'hex'),
           'positions', jackpot_positions(w.jackpot, w.cycle, w.position - 20, w.position),
           'next', (SELECT jackpot_cycle_json(n) || jsonb_build_object('positions', jackpot_positions(w.jackpot, n.cycle, w.position + 1, w.position + 5))
                      FROM jackpot_cycles n WHERE n.jackpot = w.jackpot AND n.cycle = w.cycle + 1)))
    FROM jackpot_wins w
    JOIN jackpots j ON j.id = w.jackpot
    JOIN jackpot_cycles c ON c.jackpot = w.jackpot AND c.cycle = w.cycle
   WHERE w.id = of_win;
$$;

GRANT SELECT ON pitboss.jackpot_figures, pitboss.jackpot_wins, pitboss.jackpot_events, pitboss.jackpots TO pitboss_lobby;
GRANT EXECUTE ON FUNCTION pitboss.jackpots_waiting, pitboss.jackpot_win_proof TO pitboss_lobby;
