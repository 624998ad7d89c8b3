-- From which cosine distance on a row is not close to a question: learnt from the rows themselves when they are embedded.
ALTER TABLE northlight.space ADD COLUMN far real;
