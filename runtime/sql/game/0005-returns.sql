-- The exact returns of a revision by bet, as it was proven. They can be large and never change: a runtime asks once.
CREATE FUNCTION revision_returns(of_revision text) RETURNS jsonb
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT coalesce(jsonb_agg(entry - 'variance' - 'hitRate' ORDER BY place), '[]')
    FROM games g LEFT JOIN revisions r ON r.revision = of_revision
   CROSS JOIN LATERAL jsonb_array_elements(coalesce(r.proof->'returns', g.returns)) WITH ORDINALITY AS list (entry, place)
   WHERE g.name = acting_game(current_schema());
$$;
