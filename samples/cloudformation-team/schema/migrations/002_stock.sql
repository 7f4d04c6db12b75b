CREATE TABLE stock (
    article text PRIMARY KEY,
    count integer NOT NULL CHECK (count >= 0)
);
