-- What is drawn of a point stands in the index that the sample is read along: the first 100,000 are
-- then one stretch of the index, and no row of the table is visited for them.
DROP INDEX northlight.point_in_draw_order;
CREATE INDEX point_in_draw_order ON northlight.point (run_id, hashtext(row_id), row_id)
    INCLUDE (x, y, theme_id);
