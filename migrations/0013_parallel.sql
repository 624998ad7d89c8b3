-- Who asks is worked out by the leader of a statement alone (a token is for one backend), once and
-- before the rows: so the rows themselves may be read in parallel. Unmarked, such a function kept
-- every statement of a reader to one process.

ALTER FUNCTION northlight_auth.claims() PARALLEL RESTRICTED;
ALTER FUNCTION northlight_auth.keyed(text, integer) PARALLEL RESTRICTED;
ALTER FUNCTION northlight_auth.person_as(text) PARALLEL RESTRICTED;
ALTER FUNCTION northlight_auth.may_read(text, text, text) PARALLEL RESTRICTED;
ALTER FUNCTION northlight_auth.own_clients(text) PARALLEL RESTRICTED;
ALTER FUNCTION northlight_auth.masked(text) PARALLEL RESTRICTED;
