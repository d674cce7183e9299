//! Commands as label values, of which there are few.

use redis::{Arg, Cmd};

/// A command of Redis up to 7.4, or any other: its place in [`NAMES`], after which there is
/// that of all others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Command(u8);

/// What `COMMAND LIST` of Redis 7.4 gives, without subcommands, sorted: that of 7.0,
/// `waitaof` of 7.2 and nine of 7.4 for fields of hashes that expire. Modules and later
/// versions add commands, and a program may send any text as one; `other` stands for
/// those.
#[rustfmt::skip]
const NAMES: [&str; 250] = [
    "acl", "append", "asking", "auth", "bgrewriteaof", "bgsave", "bitcount", "bitfield",
    "bitfield_ro", "bitop", "bitpos", "blmove", "blmpop", "blpop", "brpop", "brpoplpush",
    "bzmpop", "bzpopmax", "bzpopmin", "client", "cluster", "command", "config", "copy",
    "dbsize", "debug", "decr", "decrby", "del", "discard", "dump", "echo", "eval",
    "eval_ro", "evalsha", "evalsha_ro", "exec", "exists", "expire", "expireat",
    "expiretime", "failover", "fcall", "fcall_ro", "flushall", "flushdb", "function",
    "geoadd", "geodist", "geohash", "geopos", "georadius", "georadius_ro",
    "georadiusbymember", "georadiusbymember_ro", "geosearch", "geosearchstore", "get",
    "getbit", "getdel", "getex", "getrange", "getset", "hdel", "hello", "hexists",
    "hexpire", "hexpireat", "hexpiretime", "hget", "hgetall", "hincrby", "hincrbyfloat",
    "hkeys", "hlen", "hmget", "hmset", "hpersist", "hpexpire", "hpexpireat", "hpexpiretime",
    "hpttl", "hrandfield", "hscan", "hset", "hsetnx", "hstrlen", "httl", "hvals", "incr",
    "incrby", "incrbyfloat", "info", "keys", "lastsave", "latency", "lcs", "lindex",
    "linsert", "llen", "lmove", "lmpop", "lolwut", "lpop", "lpos", "lpush", "lpushx",
    "lrange", "lrem", "lset", "ltrim", "memory", "mget", "migrate", "module", "monitor",
    "move", "mset", "msetnx", "multi", "object", "persist", "pexpire", "pexpireat",
    "pexpiretime", "pfadd", "pfcount", "pfdebug", "pfmerge", "pfselftest", "ping", "psetex",
    "psubscribe", "psync", "pttl", "publish", "pubsub", "punsubscribe", "quit", "randomkey",
    "readonly", "readwrite", "rename", "renamenx", "replconf", "replicaof", "reset",
    "restore", "restore-asking", "role", "rpop", "rpoplpush", "rpush", "rpushx", "sadd",
    "save", "scan", "scard", "script", "sdiff", "sdiffstore", "select", "set", "setbit",
    "setex", "setnx", "setrange", "shutdown", "sinter", "sintercard", "sinterstore",
    "sismember", "slaveof", "slowlog", "smembers", "smismember", "smove", "sort", "sort_ro",
    "spop", "spublish", "srandmember", "srem", "sscan", "ssubscribe", "strlen", "subscribe",
    "substr", "sunion", "sunionstore", "sunsubscribe", "swapdb", "sync", "time", "touch",
    "ttl", "type", "unlink", "unsubscribe", "unwatch", "wait", "waitaof", "watch", "xack",
    "xadd", "xautoclaim", "xclaim", "xdel", "xgroup", "xinfo", "xlen", "xpending", "xrange",
    "xread", "xreadgroup", "xrevrange", "xsetid", "xtrim", "zadd", "zcard", "zcount",
    "zdiff", "zdiffstore", "zincrby", "zinter", "zintercard", "zinterstore", "zlexcount",
    "zmpop", "zmscore", "zpopmax", "zpopmin", "zrandmember", "zrange", "zrangebylex",
    "zrangebyscore", "zrangestore", "zrank", "zrem", "zremrangebylex", "zremrangebyrank",
    "zremrangebyscore", "zrevrange", "zrevrangebylex", "zrevrangebyscore", "zrevrank",
    "zscan", "zscore", "zunion", "zunionstore",
];

/// The length of the longest name, `georadiusbymember_ro`.
const LONGEST: usize = 20;

/// The place of all other commands.
const OTHER: u8 = {
    assert!(NAMES.len() < u8::MAX as usize, "a place is a byte");
    #[expect(clippy::cast_possible_truncation, reason = "asserted above")]
    let other = NAMES.len() as u8;
    other
};

/// Slots of [`PLACES`]: four times as many as there are names, so that most of them are
/// found at the first look.
const SLOTS: usize = 1_024;

/// The places of the names by their hash; where that is taken, the next slot that is
/// free. A search among sorted names would guess wrong at every other step.
static PLACES: [u8; SLOTS] = {
    let mut places = [OTHER; SLOTS];
    let mut place = 0;
    while place < OTHER {
        let mut slot = hash(NAMES[place as usize].as_bytes());
        while places[slot] != OTHER {
            slot = (slot + 1) % SLOTS;
        }
        places[slot] = place;
        place += 1;
    }
    places
};

/// The slot of a word, in any case: FNV-1a of its letters in lower case.
const fn hash(word: &[u8]) -> usize {
    let mut hash: u32 = 0x811c_9dc5;
    let mut rest = word;
    while let [first, after @ ..] = rest {
        hash = (hash ^ first.to_ascii_lowercase() as u32).wrapping_mul(0x0100_0193);
        rest = after;
    }
    (hash ^ (hash >> 16)) as usize % SLOTS
}

impl Command {
    /// How many there are.
    pub(super) const COUNT: usize = NAMES.len() + 1;

    const OTHER: Self = Self(OTHER);

    /// The command by its first word: `CONFIG GET` is `config`.
    pub(super) fn of(command: &Cmd) -> Self {
        match command.args_iter().next() {
            Some(Arg::Simple(word)) => Self::named(word),
            _ => Self::OTHER,
        }
    }

    /// Redis knows its commands in any case.
    fn named(word: &[u8]) -> Self {
        if word.len() > LONGEST {
            return Self::OTHER;
        }
        let start = hash(word);
        for step in 0..SLOTS {
            let place = PLACES[(start + step) % SLOTS];
            let Some(name) = NAMES.get(usize::from(place)) else {
                break;
            };
            if name.as_bytes().eq_ignore_ascii_case(word) {
                return Self(place);
            }
        }
        Self::OTHER
    }

    /// Begins a transaction.
    pub(super) fn multi() -> Self {
        Self::named(b"multi")
    }

    /// Ends one.
    pub(super) fn exec() -> Self {
        Self::named(b"exec")
    }

    /// Its place among all of them.
    pub(super) const fn place(self) -> usize {
        self.0 as usize
    }

    pub(super) fn as_str(self) -> &'static str {
        NAMES.get(self.place()).copied().unwrap_or("other")
    }
}

#[cfg(test)]
mod tests {
    use super::{Command, LONGEST, NAMES};
    use redis::{Cmd, cmd};

    #[test]
    fn names_are_sorted_and_fit() {
        assert!(NAMES.is_sorted_by(|before, name| before < name));
        assert_eq!(NAMES.iter().map(|name| name.len()).max(), Some(LONGEST));
    }

    // Mutations: `hash` takes the letters as they are; `PLACES` leaves out those whose
    // slot is taken.
    #[test]
    fn commands_are_found_in_any_case_by_their_first_word() {
        for name in NAMES {
            assert_eq!(Command::of(&cmd(name)).as_str(), name);
            assert_eq!(Command::of(&cmd(&name.to_uppercase())).as_str(), name);
        }
        let config = Command::of(cmd("Config").arg("GET").arg("maxmemory"));
        assert_eq!(config.as_str(), "config");
        assert_eq!(Command::of(&cmd("MULTI")), Command::multi());
        assert_eq!(Command::of(&cmd("EXEC")), Command::exec());
    }

    // S1. Mutation: `named` gives the word where the table has none.
    #[test]
    fn what_is_no_command_of_redis_is_other() {
        for name in [
            "",
            "ge",
            "gett",
            "config get",
            "FT.SEARCH",
            "get\0",
            "\u{212a}eys",
        ] {
            assert_eq!(Command::of(&cmd(name)), Command::OTHER, "{name}");
        }
        let long = "get".repeat(1_000);
        assert_eq!(Command::of(&cmd(&long)), Command::OTHER);
        assert_eq!(Command::of(&Cmd::new()), Command::OTHER);
        assert_eq!(Command::of(cmd("").cursor_arg(0)), Command::OTHER);
    }
}
