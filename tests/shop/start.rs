//! What the shop says when a server isn't there: one line that names the variable, and
//! no password.

use integration_tests::component::free_port;

use crate::service::{LIMIT, Shop};

const PASSWORD: &str = "open-sesame";

/// Starts the shop, which must give up, and returns the only line that it says.
fn refusal(variables: &[(&str, &str)], options: &[&str]) -> String {
    let mut shop = Shop::launch_in(variables, free_port(), options);
    let status = shop.component.wait(LIMIT);
    let log = shop.component.log();
    assert_eq!(status.and_then(|status| status.code()), Some(1), "{log}");
    assert!(!log.contains(PASSWORD), "{log}");
    let lines: Vec<_> = log.lines().collect();
    let [line] = lines[..] else {
        panic!("one line, not {log}");
    };
    line.to_owned()
}

// Mutations: the pool connects by itself; the option is a URL that clap parses.
#[test]
fn a_server_that_is_not_there_is_named_with_its_variable_and_without_the_password() {
    let port = free_port();
    let database = format!("postgres://ada:{PASSWORD}@127.0.0.1:{port}/shop");
    let redis = format!("redis://:{PASSWORD}@127.0.0.1:{port}/0");
    let unknown = format!("mysql://ada:{PASSWORD}@127.0.0.1/shop");
    let malformed = format!("postgres://ada:{PASSWORD}@127.0.0.1:port/shop");
    let no_redis = format!("http://ada:{PASSWORD}@127.0.0.1");
    let place = format!("postgres://ada@127.0.0.1:{port}/shop");
    let address = format!("127.0.0.1:{port}");
    let cases: [(&str, &str, &[&str]); 5] = [
        ("DATABASE_URL", &database, &[&place, "Connection refused"]),
        ("REDIS_URL", &redis, &[&address, "Connection refused"]),
        ("DATABASE_URL", &unknown, &["`mysql:`"]),
        (
            "DATABASE_URL",
            &malformed,
            &["that is no URL of a database"],
        ),
        ("REDIS_URL", &no_redis, &["that is no URL of a Redis"]),
    ];
    for (variable, url, told) in cases {
        let option = match variable {
            "DATABASE_URL" => "--database",
            _ => "--redis",
        };
        for line in [
            refusal(&[(variable, url)], &[]),
            refusal(&[], &[option, url]),
        ] {
            assert!(line.starts_with("error: "), "{line}");
            for part in [variable, option].iter().chain(told) {
                assert!(line.contains(part), "no `{part}` in: {line}");
            }
        }
    }
}

// Mutation: the option shows the variable's value in the help.
#[test]
fn the_help_does_not_tell_the_environment() {
    let url = format!("postgres://ada:{PASSWORD}@127.0.0.1/shop");
    let variables = [("DATABASE_URL", &*url), ("REDIS_URL", &*url)];
    let mut shop = Shop::launch_in(&variables, free_port(), &["--help"]);
    let status = shop.component.wait(LIMIT);
    let log = shop.component.log();
    assert_eq!(status.and_then(|status| status.code()), Some(0), "{log}");
    assert!(log.contains("[env: DATABASE_URL]"), "{log}");
    assert!(!log.contains(PASSWORD), "{log}");
}
