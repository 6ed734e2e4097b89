-- Rounds that run by the clock. The time is this database's, read once the round is locked. When a round ends by itself is
-- never stored, since it would foretell the round: each runtime works it out from the sealed seed.

-- Open rounds in the order of their ids, from the one after `later_than` on.
CREATE FUNCTION ticking(later_than uuid, at_most integer) RETURNS TABLE (id uuid, round jsonb)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT o.round, open_round_json(o.round) FROM open_rounds o
   WHERE o.round > later_than AND runs_by_clock(acting_game(current_schema()))
   ORDER BY o.round LIMIT least(at_most, 1000);
$$;

-- Locks a round that may have ended by itself; null where somebody else has it, or it is settled.
CREATE FUNCTION lock_ticking(of_player text, of_round uuid) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM FROM seed_pairs p WHERE p.player = of_player AND p.state = 'active' FOR NO KEY UPDATE SKIP LOCKED;
  IF NOT FOUND OR NOT runs_by_clock(acting_game(current_schema())) THEN
    RETURN NULL;
  END IF;
  PERFORM FROM rounds r WHERE r.id = of_round AND r.player = of_player AND r.state = 'open' FOR NO KEY UPDATE SKIP LOCKED;
  RETURN CASE WHEN FOUND THEN open_round_json(of_round) END;
END
$$;
