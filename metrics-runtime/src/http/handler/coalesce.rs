//! Requests for the same page share it.
//!
//! For each format and encoding one page at most is being made and one waits to
//! be. A request joins the one that waits, so that its page has everything that
//! was recorded before it came, and however many come, two pages answer them.
//!
//! The next page waits a little for the one before it to be sent, so that more
//! requests share it: when they come faster than pages can be sent, there would be
//! almost as many pages in memory as requests.
//!
//! Clients that read slowly keep the pages that they read in memory. When those are
//! as many as may be, the next page waits until one of them is sent.

use super::budget::{Budget, Place};
use super::encoding::Encoding;
use super::page::{Maker, NoPage, Page};
use super::sent::holding;
use crate::Format;
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};
use tokio::runtime::Handle;
use tokio::sync::watch;

/// Which page.
pub(super) type Key = (Format, Encoding);

/// A page, once it is made.
pub(super) type Answer = Option<Result<Page, NoPage>>;

/// Pages that are made or wait to be.
#[derive(Debug)]
pub(super) struct Shared {
    slots: Mutex<BTreeMap<Key, Slot>>,
    budget: Arc<Budget>,
    /// How long a page waits for the one before it.
    settling: Duration,
}

#[derive(Debug, Default)]
struct Slot {
    /// Somebody makes pages, and will take up the next one.
    running: bool,
    next: Option<Batch>,
    /// Ends when the last page that was made is sent.
    sending: Option<Receiver<()>>,
}

/// How long a page waits for the one before it. A client that reads slowly can't
/// delay the others by more, nor often: only the page before counts.
const SETTLING: Duration = Duration::from_millis(100);

/// Shared pages that are in memory at a time: one for each format and encoding, and
/// some more for clients that read slowly. One that doesn't read keeps a whole page;
/// without a limit, each that comes a little later would keep another one.
pub(super) const MOST_SHARED: usize = 12;

/// The page that waits to be made.
#[derive(Debug)]
struct Batch {
    sender: watch::Sender<Answer>,
    /// The latest of those who wait: one who is in a hurry takes nothing from
    /// the others' page.
    deadline: Instant,
}

impl Default for Shared {
    fn default() -> Self {
        Self {
            slots: Mutex::default(),
            budget: Budget::new(MOST_SHARED),
            settling: SETTLING,
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, BTreeMap<Key, Slot>> {
        // Nothing that panics runs under the lock.
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Joins the next page. Whoever drops the receiver waits no longer, and
    /// nobody else notices.
    pub(super) fn join(
        self: &Arc<Self>,
        maker: &Arc<Maker>,
        key: Key,
        deadline: Instant,
    ) -> watch::Receiver<Answer> {
        let mut slots = self.lock();
        let slot = slots.entry(key).or_default();
        let batch = slot.next.get_or_insert_with(|| Batch {
            sender: watch::Sender::new(None),
            deadline,
        });
        batch.deadline = batch.deadline.max(deadline);
        let receiver = batch.sender.subscribe();
        let start = !slot.running;
        slot.running = true;
        drop(slots);
        if start {
            let job = Job {
                shared: Arc::clone(self),
                maker: Arc::clone(maker),
                key,
                done: false,
            };
            aside(move || job.run());
        }
        receiver
    }
}

/// Makes pages of one key until nobody waits for one.
struct Job {
    shared: Arc<Shared>,
    maker: Arc<Maker>,
    key: Key,
    done: bool,
}

impl Job {
    fn run(mut self) {
        loop {
            self.settle();
            let place = self.place();
            let Some(batch) = self.next() else {
                return;
            };
            // Those who waited may have gone.
            if batch.sender.receiver_count() > 0 {
                let (format, encoding) = self.key;
                // Those who came since nobody wanted a page haven't waited for a place.
                let place = place.or_else(|| self.shared.budget.take(batch.deadline));
                let page = place.ok_or(NoPage::Crowded).and_then(|place| {
                    let page = self.maker.make(format, encoding, None, batch.deadline)?;
                    Ok(self.lend(page, place))
                });
                batch.sender.send_replace(Some(page));
            }
        }
    }

    /// Waits for the page before to be sent, while there are some who want the next.
    fn settle(&self) {
        let mut slots = self.shared.lock();
        let Some(slot) = slots.get_mut(&self.key) else {
            return;
        };
        if let Some(batch) = &slot.next
            && let Some(sending) = slot.sending.take()
        {
            let left = batch.deadline.saturating_duration_since(Instant::now());
            drop(slots);
            // Half of their time is left for the page. Sent or not, the one before has
            // had its time.
            let _ = sending.recv_timeout(self.shared.settling.min(left / 2));
        }
    }

    /// A place for the next page. Whoever comes while it is waited for shares the page,
    /// and has it waited for until their own deadline.
    fn place(&self) -> Option<Place> {
        let mut before = None;
        loop {
            let until = {
                let slots = self.shared.lock();
                let batch = slots.get(&self.key)?.next.as_ref()?;
                (batch.sender.receiver_count() > 0).then_some(batch.deadline)?
            };
            if before == Some(until) {
                return None;
            }
            if let Some(place) = self.shared.budget.take(until) {
                return Some(place);
            }
            before = Some(until);
        }
    }

    /// Has the next page wait for this one, which has its place until it is sent.
    fn lend(&self, page: Page, place: Place) -> Page {
        let (sender, sending) = channel();
        if let Some(slot) = self.shared.lock().get_mut(&self.key) {
            slot.sending = Some(sending);
        }
        let body = holding(page.body, (sender, place));
        Page { body, ..page }
    }

    /// The page to make; nobody takes up another one once there is none.
    fn next(&mut self) -> Option<Batch> {
        let mut slots = self.shared.lock();
        let slot = slots.get_mut(&self.key)?;
        let batch = slot.next.take();
        slot.running = batch.is_some();
        self.done = batch.is_none();
        batch
    }
}

impl Drop for Job {
    /// A runtime that shuts down drops what it hasn't begun: those who wait are
    /// told by their sender's end, and the next request starts anew.
    fn drop(&mut self) {
        if !self.done {
            let mut slots = self.shared.lock();
            let left = slots.remove(&self.key);
            drop(slots);
            drop(left);
        }
    }
}

/// Runs `work`, which may block, on another thread; of tokio's runtime if this is
/// one of its threads.
pub(crate) fn aside(work: impl FnOnce() + Send + 'static) {
    if let Ok(runtime) = Handle::try_current() {
        // It panics where the system has no thread left: those who wait are told
        // when their time is over.
        let spawned = catch_unwind(AssertUnwindSafe(|| runtime.spawn_blocking(work)));
        drop(spawned);
    } else {
        // Without a thread the work is dropped, which tells those who wait.
        let thread = thread::Builder::new().name("metrics-scrape".to_owned());
        drop(thread.spawn(work));
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST_SHARED, Maker, NoPage, Shared};
    use crate::{Format, Registry};
    use std::sync::Arc;
    use std::time::{Duration, Instant};
    use tokio::runtime::Builder;
    use tokio::time::timeout;

    const GENEROUS: Duration = Duration::from_secs(30);

    /// Pages that wait long for those before them to be sent.
    fn patient() -> (Arc<Maker>, Arc<Shared>) {
        let registry: &'static Registry = Box::leak(Box::default());
        let shared = Shared {
            settling: Duration::from_hours(1),
            ..Shared::default()
        };
        (Arc::new(Maker::new(registry)), Arc::new(shared))
    }

    // Mutation: `next` doesn't wait.
    #[tokio::test]
    async fn a_page_waits_for_the_one_before_to_be_sent() {
        let (maker, shared) = patient();
        let key = (Format::Text, super::Encoding::Identity);
        let mut first = shared.join(&maker, key, Instant::now());
        let made = first.wait_for(Option::is_some).await;
        drop(made.expect("it is made"));
        let far = Instant::now() + Duration::from_hours(4);
        let mut second = shared.join(&maker, key, far);
        // The second is taken up: somebody waits for the end of the first.
        let end = Instant::now() + Duration::from_secs(30);
        while shared.lock()[&key].sending.is_some() {
            assert!(Instant::now() < end, "nobody takes it up");
            tokio::task::yield_now().await;
        }
        // It isn't begun in the time that others take.
        let other = (Format::OpenMetrics, super::Encoding::Identity);
        for _ in 0..20 {
            let mut page = shared.join(&maker, other, Instant::now());
            let made = page.wait_for(Option::is_some).await;
            drop(made.expect("it is made"));
            assert!(shared.lock()[&key].next.is_some(), "it is begun");
        }
        // The one who read the first page lets it go.
        drop(first);
        let made = second.wait_for(Option::is_some).await;
        assert!(made.is_ok());
    }

    // Mutation: `settle` doesn't look at the time that is left.
    #[tokio::test]
    async fn a_page_does_not_wait_until_its_time_is_over() {
        let (maker, shared) = patient();
        let key = (Format::Text, super::Encoding::Identity);
        let mut first = shared.join(&maker, key, Instant::now());
        let first = first.wait_for(Option::is_some).await;
        let unread = first.expect("it is made").clone();
        let soon = Instant::now() + Duration::from_millis(40);
        let mut second = shared.join(&maker, key, soon);
        let made = timeout(GENEROUS, second.wait_for(Option::is_some)).await;
        assert!(made.expect("it doesn't wait for the first").is_ok());
        drop(unread);
    }

    // Mutations: a page has no place while it is sent; none is waited for; the wait
    // ends with the deadline of the first who waits.
    #[tokio::test]
    async fn pages_that_are_not_read_are_few_and_the_next_waits_for_one() {
        let registry: &'static Registry = Box::leak(Box::default());
        let maker = Arc::new(Maker::new(registry));
        let shared = Arc::new(Shared {
            settling: Duration::ZERO,
            ..Shared::default()
        });
        let key = (Format::Text, super::Encoding::Identity);
        let mut unread = Vec::new();
        for _ in 0..MOST_SHARED {
            let mut page = shared.join(&maker, key, Instant::now());
            let made = page.wait_for(Option::is_some).await;
            unread.push(made.expect("it is made").clone());
        }
        assert!(unread.iter().flatten().all(Result::is_ok));
        let mut late = shared.join(&maker, key, Instant::now());
        let told = timeout(GENEROUS, late.wait_for(Option::is_some)).await;
        let told = told.expect("it is told").expect("by an answer").clone();
        assert!(matches!(told, Some(Err(NoPage::Crowded))), "{told:?}");
        // Another format's page is one in memory as well.
        let other = (Format::OpenMetrics, super::Encoding::Identity);
        let mut hurried = shared.join(&maker, other, Instant::now());
        let told = timeout(GENEROUS, hurried.wait_for(Option::is_some)).await;
        let told = told.expect("it is told").expect("by an answer").clone();
        assert!(matches!(told, Some(Err(NoPage::Crowded))), "{told:?}");

        let soon = Instant::now() + Duration::from_millis(40);
        let _first = shared.join(&maker, key, soon);
        let mut waits = shared.join(&maker, key, soon + GENEROUS * 20);
        while Instant::now() <= soon {
            tokio::task::yield_now().await;
        }
        assert!(waits.borrow().is_none(), "there is no place yet");
        unread.pop();
        let made = timeout(GENEROUS, waits.wait_for(Option::is_some)).await;
        let made = made.expect("it is made").expect("by an answer");
        assert!(matches!(&*made, Some(Ok(_))), "{made:?}");
    }

    // Mutation: `Job` leaves its slot when it is dropped.
    #[test]
    fn pages_outlive_a_runtime() {
        let registry: &'static Registry = Box::leak(Box::default());
        let maker = Arc::new(Maker::new(registry));
        let shared = Arc::new(Shared::default());
        let key = (Format::Text, super::Encoding::Identity);
        let join = || shared.join(&maker, key, Instant::now());
        let runtime = || Builder::new_current_thread().build().expect("it is small");
        let ended = runtime();
        let handle = ended.handle().clone();
        drop(ended);
        let refused = {
            let _entered = handle.enter();
            join()
        };
        assert!(refused.has_changed().is_err(), "who waits is told");
        let mut served = join();
        let made = runtime().block_on(async { served.wait_for(Option::is_some).await.is_ok() });
        assert!(made, "the next one starts anew");
    }
}
