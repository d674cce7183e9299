//! Commands as label values, of which there are few.

use redis::{Arg, Cmd};
use std::str;

/// A command of Redis 7, or any other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Command(&'static str);

/// What `COMMAND LIST` of Redis 7.0 gives, without subcommands, sorted. Modules may add
/// commands, and a program may send any text as one; `other` stands for those.
#[rustfmt::skip]
const NAMES: [&str; 240] = [
    "acl", "append", "asking", "auth", "bgrewriteaof", "bgsave", "bitcount", "bitfield",
    "bitfield_ro", "bitop", "bitpos", "blmove", "blmpop", "blpop", "brpop", "brpoplpush",
    "bzmpop", "bzpopmax", "bzpopmin", "client", "cluster", "command", "config", "copy",
    "dbsize", "debug", "decr", "decrby", "del", "discard", "dump", "echo", "eval",
    "eval_ro", "evalsha", "evalsha_ro", "exec", "exists", "expire", "expireat",
    "expiretime", "failover", "fcall", "fcall_ro", "flushall", "flushdb", "function",
    "geoadd", "geodist", "geohash", "geopos", "georadius", "georadius_ro",
    "georadiusbymember", "georadiusbymember_ro", "geosearch", "geosearchstore", "get",
    "getbit", "getdel", "getex", "getrange", "getset", "hdel", "hello", "hexists", "hget",
    "hgetall", "hincrby", "hincrbyfloat", "hkeys", "hlen", "hmget", "hmset", "hrandfield",
    "hscan", "hset", "hsetnx", "hstrlen", "hvals", "incr", "incrby", "incrbyfloat", "info",
    "keys", "lastsave", "latency", "lcs", "lindex", "linsert", "llen", "lmove", "lmpop",
    "lolwut", "lpop", "lpos", "lpush", "lpushx", "lrange", "lrem", "lset", "ltrim",
    "memory", "mget", "migrate", "module", "monitor", "move", "mset", "msetnx", "multi",
    "object", "persist", "pexpire", "pexpireat", "pexpiretime", "pfadd", "pfcount",
    "pfdebug", "pfmerge", "pfselftest", "ping", "psetex", "psubscribe", "psync", "pttl",
    "publish", "pubsub", "punsubscribe", "quit", "randomkey", "readonly", "readwrite",
    "rename", "renamenx", "replconf", "replicaof", "reset", "restore", "restore-asking",
    "role", "rpop", "rpoplpush", "rpush", "rpushx", "sadd", "save", "scan", "scard",
    "script", "sdiff", "sdiffstore", "select", "set", "setbit", "setex", "setnx",
    "setrange", "shutdown", "sinter", "sintercard", "sinterstore", "sismember", "slaveof",
    "slowlog", "smembers", "smismember", "smove", "sort", "sort_ro", "spop", "spublish",
    "srandmember", "srem", "sscan", "ssubscribe", "strlen", "subscribe", "substr", "sunion",
    "sunionstore", "sunsubscribe", "swapdb", "sync", "time", "touch", "ttl", "type",
    "unlink", "unsubscribe", "unwatch", "wait", "watch", "xack", "xadd", "xautoclaim",
    "xclaim", "xdel", "xgroup", "xinfo", "xlen", "xpending", "xrange", "xread",
    "xreadgroup", "xrevrange", "xsetid", "xtrim", "zadd", "zcard", "zcount", "zdiff",
    "zdiffstore", "zincrby", "zinter", "zintercard", "zinterstore", "zlexcount", "zmpop",
    "zmscore", "zpopmax", "zpopmin", "zrandmember", "zrange", "zrangebylex",
    "zrangebyscore", "zrangestore", "zrank", "zrem", "zremrangebylex", "zremrangebyrank",
    "zremrangebyscore", "zrevrange", "zrevrangebylex", "zrevrangebyscore", "zrevrank",
    "zscan", "zscore", "zunion", "zunionstore",
];

/// The length of the longest name, `georadiusbymember_ro`.
const LONGEST: usize = 20;

impl Command {
    /// Begins a transaction.
    pub(super) const MULTI: Self = Self("multi");

    /// Ends one.
    pub(super) const EXEC: Self = Self("exec");

    const OTHER: Self = Self("other");

    /// The command by its first word: `CONFIG GET` is `config`.
    pub(super) fn of(command: &Cmd) -> Self {
        match command.args_iter().next() {
            Some(Arg::Simple(word)) => Self::named(word),
            _ => Self::OTHER,
        }
    }

    /// Redis knows its commands in any case.
    fn named(word: &[u8]) -> Self {
        let mut lower = [0; LONGEST];
        let Some(lower) = lower.get_mut(..word.len()) else {
            return Self::OTHER;
        };
        lower.copy_from_slice(word);
        lower.make_ascii_lowercase();
        let found = NAMES.binary_search_by(|name| name.as_bytes().cmp(lower));
        let name = found.ok().and_then(|index| NAMES.get(index));
        name.map_or(Self::OTHER, |name| Self(name))
    }

    pub(super) const fn as_str(self) -> &'static str {
        self.0
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

    // Mutation: `named` doesn't make the word lower case.
    #[test]
    fn commands_are_found_in_any_case_by_their_first_word() {
        for name in NAMES {
            assert_eq!(Command::of(&cmd(name)).as_str(), name);
            assert_eq!(Command::of(&cmd(&name.to_uppercase())).as_str(), name);
        }
        let config = Command::of(cmd("Config").arg("GET").arg("maxmemory"));
        assert_eq!(config.as_str(), "config");
        assert_eq!(Command::of(&cmd("MULTI")), Command::MULTI);
        assert_eq!(Command::of(&cmd("EXEC")), Command::EXEC);
    }

    // S1. Mutation: `named` gives the word where the table has none.
    #[test]
    fn what_redis_does_not_know_is_other() {
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
