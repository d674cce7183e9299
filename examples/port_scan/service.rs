//! What usually listens on a port.

/// The ports that have their number on the page whatever they answer, in their
/// order, and the services that they are known for.
pub const WELL_KNOWN: [(u16, &str); 44] = [
    (21, "ftp"),
    (22, "ssh"),
    (23, "telnet"),
    (25, "smtp"),
    (53, "dns"),
    (80, "http"),
    (88, "kerberos"),
    (110, "pop3"),
    (111, "rpcbind"),
    (119, "nntp"),
    (139, "netbios"),
    (143, "imap"),
    (179, "bgp"),
    (389, "ldap"),
    (443, "https"),
    (445, "smb"),
    (465, "smtps"),
    (587, "submission"),
    (631, "ipp"),
    (636, "ldaps"),
    (873, "rsync"),
    (993, "imaps"),
    (995, "pop3s"),
    (1433, "mssql"),
    (1521, "oracle"),
    (1883, "mqtt"),
    (2049, "nfs"),
    (2181, "zookeeper"),
    (2379, "etcd"),
    (3306, "mysql"),
    (3389, "rdp"),
    (5432, "postgresql"),
    (5672, "amqp"),
    (6379, "redis"),
    (6443, "kubernetes"),
    (8080, "http-alt"),
    (8443, "https-alt"),
    (9090, "prometheus"),
    (9091, "pushgateway"),
    (9092, "kafka"),
    (9200, "elasticsearch"),
    (9418, "git"),
    (11211, "memcached"),
    (27017, "mongodb"),
];

/// The service that a port is known for.
///
/// ```
/// assert_eq!(port_scan::service(22), Some("ssh"));
/// assert_eq!(port_scan::service(24), None);
/// ```
pub fn service(port: u16) -> Option<&'static str> {
    let found = WELL_KNOWN.binary_search_by_key(&port, |(port, _)| *port);
    let row = found.ok().and_then(|index| WELL_KNOWN.get(index));
    row.map(|(_, service)| *service)
}

#[cfg(test)]
mod tests {
    use super::*;

    // Mutation: two rows change places.
    #[test]
    fn every_row_is_found() {
        for (port, name) in WELL_KNOWN {
            assert_eq!(service(port), Some(name), "{port}");
        }
        assert_eq!(service(65_535), None);
    }
}
