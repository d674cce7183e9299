//! The listener's thread.

use super::ServeError;
use super::backoff::Backoff;
use super::connection::{Shared, serve};
use std::fmt;
use std::future::poll_fn;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::pin::pin;
use std::sync::{Arc, mpsc as ready};
use std::task::Poll;
use std::thread::{self, JoinHandle};
use tokio::runtime;
use tokio::sync::{mpsc, watch};
use tokio::time::{sleep, timeout};

/// A listener that runs; see [`Metrics::serve`](crate::Metrics::serve).
///
/// Dropping it leaves the listener running, for as long as the process does;
/// only [`shutdown`](Self::shutdown) ends it.
pub struct Server {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    thread: JoinHandle<()>,
}

impl Server {
    /// Starts the thread and waits until it accepts.
    pub(super) fn start(
        listener: TcpListener,
        shared: impl FnOnce(watch::Receiver<bool>) -> Shared,
    ) -> Result<Self, ServeError> {
        let address = listener.local_addr().map_err(ServeError::Start)?;
        let (stop, stopped) = watch::channel(false);
        let shared = Arc::new(shared(stopped));
        let (started, starting) = ready::channel();
        // The thread has a sender too: without one, receivers would take a
        // dropped `Server` for the end.
        let kept = stop.clone();
        // The runtime is made over there, since one can't be dropped within
        // another, where this may be called from.
        let run = move || match prepare(listener) {
            Ok((runtime, listener)) => {
                drop(started.send(Ok(())));
                runtime.block_on(accept(listener, shared));
                // Whatever still runs has had its time.
                runtime.shutdown_background();
                drop(kept);
            }
            Err(error) => drop(started.send(Err(error))),
        };
        let thread = thread::Builder::new().name("metrics-listener".to_owned());
        let thread = thread.spawn(run).map_err(ServeError::Start)?;
        let started = starting.recv().map_err(io::Error::other);
        started.flatten().map_err(ServeError::Start)?;
        Ok(Self {
            address,
            stop,
            thread,
        })
    }

    /// The address that is listened on, with the port that was taken.
    pub const fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Stops accepting, lets requests that are under way be answered, for at
    /// most five seconds, and returns when the thread has ended.
    ///
    /// It blocks for that long; in async code, call it within
    /// `tokio::task::spawn_blocking`.
    pub fn shutdown(self) {
        self.stop.send_replace(true);
        // A thread that panicked has ended as well.
        drop(self.thread.join());
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("address", &self.address)
            .finish_non_exhaustive()
    }
}

fn prepare(listener: TcpListener) -> io::Result<(runtime::Runtime, tokio::net::TcpListener)> {
    let runtime = runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let entered = runtime.enter();
    let listener = tokio::net::TcpListener::from_std(listener)?;
    drop(entered);
    Ok((runtime, listener))
}

/// Accepts until it is told to stop, then waits for the connections.
async fn accept(listener: tokio::net::TcpListener, shared: Arc<Shared>) {
    let slots = &shared.slots;
    let mut stop = shared.stop.clone();
    let mut stop = pin!(stop.wait_for(|stop| *stop));
    let mut backoff = Backoff::default();
    // Nothing is sent; it is closed when the last connection has ended.
    let (alive, mut ended) = mpsc::channel::<()>(1);
    loop {
        let accepted = async {
            slots.free().await;
            listener.accept().await
        };
        match unless(stop.as_mut(), accepted).await {
            Some(Ok((stream, peer))) => {
                backoff.reset();
                let entry = slots.enter(peer.ip().into());
                let connection = serve(Arc::clone(&shared), stream, peer, entry);
                let alive = alive.clone();
                tokio::spawn(async move {
                    connection.await;
                    drop(alive);
                });
            }
            Some(Err(error)) => {
                if let Some(pause) = backoff.pause(&error) {
                    shared.own.not_accepted(&error);
                    // Idle connections hold files that accepting is short of.
                    slots.press();
                    if unless(stop.as_mut(), sleep(pause)).await.is_none() {
                        break;
                    }
                }
            }
            None => break,
        }
    }
    drop((listener, alive));
    // A timeout is an answer too: the rest is cut off.
    drop(timeout(shared.times.shutdown, ended.recv()).await);
}

/// What `wanted` gives, unless `stop` is first.
pub(super) async fn unless<T>(
    mut stop: std::pin::Pin<&mut impl Future>,
    wanted: impl Future<Output = T>,
) -> Option<T> {
    let mut wanted = pin!(wanted);
    poll_fn(|cx| {
        if stop.as_mut().poll(cx).is_ready() {
            return Poll::Ready(None);
        }
        wanted.as_mut().poll(cx).map(Some)
    })
    .await
}
