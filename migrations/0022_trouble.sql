-- What is the matter with the vectors of a space, in words for readers; NULL where they can tell texts apart.
ALTER TABLE northlight.space ADD COLUMN trouble text;
