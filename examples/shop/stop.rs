//! When the shop is to stop: at a signal, or after a time.

use std::future;
use std::io;
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
pub(crate) async fn wait(
    signal: impl Future<Output = io::Result<()>>,
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

/// Ctrl-C and SIGTERM, as often as they come.
#[cfg(unix)]
pub(crate) struct Signals {
    interrupt: signal::unix::Signal,
    terminate: signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    /// Takes the signals from now on. One that comes while nobody waits isn't lost.
    pub(crate) fn listen() -> io::Result<Self> {
        use signal::unix::{SignalKind, signal};

        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    /// Waits for the next one.
    pub(crate) async fn next(&mut self) -> io::Result<()> {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
        Ok(())
    }
}

/// Ctrl-C.
#[cfg(not(unix))]
pub(crate) struct Signals(());

#[cfg(not(unix))]
impl Signals {
    pub(crate) fn listen() -> io::Result<Self> {
        Ok(Self(()))
    }

    /// Waits for the next one.
    pub(crate) async fn next(&mut self) -> io::Result<()> {
        signal::ctrl_c().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn names_what_came_first() {
        let never = future::pending();
        assert!(matches!(wait(never, Some(0)).await, Ok(Stop::Time)));

        let at_once = future::ready(Ok(()));
        assert!(matches!(wait(at_once, None).await, Ok(Stop::Signal)));
    }
}
