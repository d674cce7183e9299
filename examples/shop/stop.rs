//! When the shop is to stop: at a signal, or after a time.

use std::future;
use std::io;
use std::pin::Pin;
use std::time::Duration;

use tokio::signal;
use tokio::sync::watch;
use tokio::time;

/// Why a wait ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Stop {
    Signal,
    Time,
}

/// Waits for the signal, or for so many seconds if that is shorter.
///
/// The signal is lent, not made here, so that one which arrives between two
/// waits ends the second.
pub(crate) async fn wait(
    signal: Pin<&mut impl Future<Output = io::Result<()>>>,
    seconds: Option<u64>,
) -> io::Result<Stop> {
    let elapsed = async {
        match seconds {
            Some(seconds) => time::sleep(Duration::from_secs(seconds)).await,
            None => future::pending().await,
        }
    };
    tokio::select! {
        received = signal => received.map(|()| Stop::Signal),
        () = elapsed => Ok(Stop::Time),
    }
}

/// Waits until the shop, or a part of it, is told to stop.
pub(crate) async fn told(stopping: &mut watch::Receiver<bool>) {
    // An error says that nobody is left to tell.
    let _ = stopping.wait_for(|stopping| *stopping).await;
}

/// Waits for Ctrl-C or SIGTERM.
#[cfg(unix)]
pub(crate) async fn signal() -> io::Result<()> {
    use signal::unix::{self, SignalKind};

    let mut interrupt = unix::signal(SignalKind::interrupt())?;
    let mut terminate = unix::signal(SignalKind::terminate())?;
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    Ok(())
}

/// Waits for Ctrl-C.
#[cfg(not(unix))]
pub(crate) async fn signal() -> io::Result<()> {
    signal::ctrl_c().await
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use super::*;

    #[tokio::test]
    async fn names_what_came_first() {
        let never = pin!(future::pending());
        assert!(matches!(wait(never, Some(0)).await, Ok(Stop::Time)));

        let at_once = pin!(future::ready(Ok(())));
        assert!(matches!(wait(at_once, None).await, Ok(Stop::Signal)));
    }
}
