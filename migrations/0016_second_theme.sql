-- The theme that a row would be in if its own were not there, or that an unsorted one is nearest to,
-- and how strongly (0..1). Where it is at least half as strong the row is a borderline one.
ALTER TABLE northlight.point
    ADD COLUMN second_id integer REFERENCES northlight.theme ON DELETE SET NULL,
    ADD COLUMN second_membership real NOT NULL DEFAULT 0;
-- Deleting a theme has to find them; the foreign key of theme_id needs the same.
CREATE INDEX point_of_second_theme ON northlight.point (second_id) WHERE second_id IS NOT NULL;

-- A person may say what a theme is about.
ALTER TABLE northlight.theme_edit DROP CONSTRAINT theme_edit_kind_check;
ALTER TABLE northlight.theme_edit ADD CONSTRAINT theme_edit_kind_check CHECK
    (kind IN ('renamed', 'defined', 'pinned', 'unpinned', 'merged', 'split', 'apart'));
