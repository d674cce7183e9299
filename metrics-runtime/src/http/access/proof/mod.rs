//! Whether anybody remote could be asking, where the server doesn't say who asks.
//!
//! `axum::serve(listener, app)` tells an application nothing of its peers. The default
//! rule must not let the world in for that, and should not refuse a developer on
//! loopback: on Linux the process looks at its own connections instead.
//!
//! *Why that is sound.* Who reads the answer to a request does so over a connection
//! that the process holds from before the request is judged until the answer is sent.
//! So it is among the files of the process, and in the system's tables with its
//! remote address, when both are read in between. If no connection over which a
//! request may have come has a remote address that isn't near, this one hasn't either.
//! Connections that come and go meanwhile, or that have nothing to do with requests,
//! can only make the answer a refusal. Where anything can't be read, or is more than
//! is worth reading, nothing is proved.
//!
//! *Which may carry requests:* those whose local port the process listens on, or was
//! ever seen to, and those with a local port that the system doesn't give to
//! outgoing connections. Others count as outgoing, unless nothing else is left that
//! the request could have come over: a tunnel carries requests over a connection that
//! the process has opened. Sockets of UDP that anybody can send to may be HTTP/3's.
//! A Unix socket's client is on this machine, as near as loopback.
//!
//! *What it can't see:* who stands behind a near peer (a reverse proxy, a tunnel beside
//! other connections), sockets in another network namespace than the process', and a
//! port of the range for outgoing connections that the process has stopped listening
//! on before this was ever asked, while it goes on listening on another. The
//! documentation tells to say who asks, or to set a token, in production.

mod process;
mod table;

use crate::http::handler::{aside, until};
use process::Picture;
use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::watch;

/// How long a request waits for the proof: it is refused then.
const PATIENCE: Duration = Duration::from_secs(5);

/// Ports that the process was seen listening on: a server that shuts down has
/// connections for longer than it listens.
static LISTENED: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());

/// What a look has found, once it has.
type Look = watch::Receiver<Option<bool>>;

/// The look that hasn't begun, which whoever asks now can share.
static NEXT: Mutex<Option<Look>> = Mutex::new(None);

/// Held by the one that has: a flood of requests costs one look after the other.
static LOOKING: Mutex<()> = Mutex::new(());

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // Nothing panics while one of them is held, but a look, which leaves nothing behind.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether nobody remote can be asking now, as far as the process can prove.
///
/// Only a look that begins later says anything of a request: its connection may be
/// younger than the one before.
pub(super) async fn nobody_is_remote() -> bool {
    let mut look = join();
    let found = until(Instant::now() + PATIENCE, look.wait_for(Option::is_some)).await;
    // One that has no thread to look on never finds anything.
    found.and_then(Result::ok).and_then(|found| *found) == Some(true)
}

fn join() -> Look {
    let mut next = lock(&NEXT);
    if let Some(look) = &*next
        && look.has_changed().is_ok()
    {
        return look.clone();
    }
    let (sender, look) = watch::channel(None);
    *next = Some(look.clone());
    drop(next);
    // Files are read, if only those that the system makes up.
    aside(move || {
        let looking = lock(&LOOKING);
        // From here on, whoever asks needs another one.
        let begun = lock(&NEXT).take();
        sender.send_replace(Some(self::look()));
        drop((begun, looking));
    });
    look
}

fn look() -> bool {
    let Some(picture) = Picture::take() else {
        return false;
    };
    let mut listened = lock(&LISTENED);
    listened.extend(picture.listening());
    let proved = picture.has_nobody_remote(&listened);
    drop(listened);
    proved
}

#[cfg(test)]
mod tests {
    use super::{LOOKING, join, lock, nobody_is_remote};

    // Mutation: `NEXT` is left in place, or taken when the look is over.
    #[tokio::test]
    async fn a_look_is_shared_until_it_begins() {
        let looking = lock(&LOOKING);
        let (mut one, other) = (join(), join());
        assert!(one.same_channel(&other));
        drop(looking);
        let found = one.wait_for(Option::is_some).await;
        drop(found.expect("there are threads"));
        assert!(!join().same_channel(&one));
    }

    // The tests of this process have connections of loopback only. Mutation: a table
    // isn't found.
    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn a_process_on_loopback_proves_it() {
        use std::net::{TcpListener, TcpStream};
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let address = listener.local_addr().expect("it is bound");
        let client = TcpStream::connect(address).expect("it listens");
        let accepted = listener.accept().expect("it has connected");
        assert!(nobody_is_remote().await);
        drop((client, accepted));
    }
}
