-- Exact returns by bet as players see them.
CREATE FUNCTION shown_returns(list jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE SET search_path FROM CURRENT AS $$
  SELECT coalesce(jsonb_agg(entry - 'variance' - 'hitRate' ORDER BY place), '[]')
    FROM jsonb_array_elements(list) WITH ORDINALITY AS entries (entry, place);
$$;

-- The exact returns of a revision by bet, as it was proven. They can be large and never change: a runtime asks once.
CREATE FUNCTION revision_returns(of_revision text) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT shown_returns(coalesce(r.proof->'returns', g.returns))
    FROM games g LEFT JOIN revisions r ON r.revision = of_revision
   WHERE g.name = acting_game(current_schema());
$$;

-- A revision that this game plays, or has a round of: the counters know it for as long as there are rounds. Revisions are
-- never deleted; of what other games were proven with, nothing is told.
CREATE FUNCTION recorded_revision(asked text)
RETURNS TABLE (engine text, engine_version text, config jsonb, proven_at timestamptz, returns jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT r.engine, r.engine_version, r.config, r.proven_at, shown_returns(coalesce(r.proof->'returns', '[]'))
    FROM revisions r JOIN acting_game(current_schema()) AS acting ON true
   WHERE r.revision = asked
     AND (EXISTS (SELECT FROM game_revisions p WHERE p.game = acting AND p.revision = asked)
          OR EXISTS (SELECT FROM counters c WHERE c.game = acting AND c.revision = asked)
          OR EXISTS (SELECT FROM totals t WHERE t.game = acting AND t.revision = asked));
$$;
