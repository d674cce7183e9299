-- The same tables as in `postgres/0001_shop.sql`. `IF NOT EXISTS`, since older shops made
-- theirs without migrations.

CREATE TABLE IF NOT EXISTS users (
    id            INTEGER PRIMARY KEY,
    name          TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS sessions (
    token      TEXT PRIMARY KEY,
    user_id    INTEGER NOT NULL REFERENCES users (id),
    expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX IF NOT EXISTS sessions_by_expiry ON sessions (expires_at);

CREATE TABLE IF NOT EXISTS products (
    id          INTEGER PRIMARY KEY,
    name        TEXT NOT NULL,
    price_cents INTEGER NOT NULL,
    stock       INTEGER NOT NULL CHECK (stock >= 0)
) STRICT;

CREATE TABLE IF NOT EXISTS orders (
    id          INTEGER PRIMARY KEY,
    user_id     INTEGER NOT NULL REFERENCES users (id),
    product_id  INTEGER NOT NULL REFERENCES products (id),
    quantity    INTEGER NOT NULL,
    total_cents INTEGER NOT NULL,
    paid        INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE IF NOT EXISTS ratings (
    product_id INTEGER NOT NULL REFERENCES products (id),
    user_id    INTEGER NOT NULL REFERENCES users (id),
    stars      INTEGER NOT NULL CHECK (stars BETWEEN 1 AND 5),
    changes    INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (product_id, user_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE IF NOT EXISTS past_orders (
    id          INTEGER PRIMARY KEY,
    product_id  INTEGER NOT NULL REFERENCES products (id),
    total_cents INTEGER NOT NULL
) STRICT;

CREATE VIEW IF NOT EXISTS sales AS
    SELECT product_id, total_cents, paid FROM orders
    UNION ALL SELECT product_id, total_cents, 1 FROM past_orders;
