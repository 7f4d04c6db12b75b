CREATE TABLE orders (
    number integer PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    customer text NOT NULL,
    placed timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE order_lines (
    number integer NOT NULL REFERENCES orders,
    article text NOT NULL,
    count integer NOT NULL CHECK (count > 0),
    PRIMARY KEY (number, article)
);
