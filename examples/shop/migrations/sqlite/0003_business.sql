-- The same tables as in `postgres/0003_business.sql`.

CREATE TABLE IF NOT EXISTS visitors (
    id            TEXT PRIMARY KEY,
    source        TEXT NOT NULL,
    first_seen_at INTEGER NOT NULL,
    visits        INTEGER NOT NULL DEFAULT 1
) STRICT;

CREATE TABLE IF NOT EXISTS login_links (
    code       TEXT PRIMARY KEY,
    user_id    INTEGER NOT NULL REFERENCES users (id),
    expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX IF NOT EXISTS login_links_by_expiry ON login_links (expires_at);

CREATE TABLE IF NOT EXISTS emails (
    id        INTEGER PRIMARY KEY,
    kind      TEXT NOT NULL,
    user_id   INTEGER NOT NULL REFERENCES users (id),
    detail    TEXT NOT NULL,
    queued_at INTEGER NOT NULL,
    due_at    INTEGER NOT NULL,
    attempts  INTEGER NOT NULL DEFAULT 0,
    sent_at   INTEGER
) STRICT;

CREATE INDEX IF NOT EXISTS emails_by_due ON emails (due_at) WHERE sent_at IS NULL;

CREATE TABLE IF NOT EXISTS messages (
    id           INTEGER PRIMARY KEY,
    chat_type    TEXT NOT NULL,
    sender_id    INTEGER NOT NULL REFERENCES users (id),
    recipient_id INTEGER REFERENCES users (id),
    text         TEXT NOT NULL,
    sent_at      INTEGER NOT NULL
) STRICT;

CREATE TABLE IF NOT EXISTS assignments (
    id     INTEGER PRIMARY KEY,
    title  TEXT NOT NULL,
    due_at INTEGER NOT NULL
) STRICT;

-- Due at the end of 2099 and of 1999.
INSERT INTO assignments (id, title, due_at) VALUES
    (1, 'a tea pot for the next century', 4102444799000),
    (2, 'a milk jug for the last one', 946684799000)
ON CONFLICT (id) DO NOTHING;

CREATE TABLE IF NOT EXISTS submissions (
    id            INTEGER PRIMARY KEY,
    assignment_id INTEGER NOT NULL REFERENCES assignments (id),
    user_id       INTEGER NOT NULL REFERENCES users (id),
    text          TEXT NOT NULL,
    status        TEXT NOT NULL,
    points        INTEGER,
    submitted_at  INTEGER NOT NULL,
    UNIQUE (assignment_id, user_id)
) STRICT;
