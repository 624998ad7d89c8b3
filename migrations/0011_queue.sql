-- The queue is for those who run the house. What came of a job, and what it was asked with, is told of
-- everybody's rows: coaches, analysts and engineers do not read it.

REVOKE SELECT ON northlight.job FROM northlight_coach, northlight_analyst, northlight_engineer;
